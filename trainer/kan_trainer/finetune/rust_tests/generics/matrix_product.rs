//! family: grids
//! split: test

use std::iter::Sum;
use std::ops::Mul;

/// A matrix of `R` rows and `C` columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matrix<T, const R: usize, const C: usize>(pub [[T; C]; R]);

/// Matrices multiply where the inner dimensions agree, which the compiler checks.
impl<T, const R: usize, const N: usize, const C: usize> Mul<Matrix<T, N, C>> for Matrix<T, R, N>
where
    T: Mul<Output = T> + Sum + Copy,
{
    type Output = Matrix<T, R, C>;

    fn mul(self, other: Matrix<T, N, C>) -> Self::Output {
        Matrix(self.0.map(|row| {
            std::array::from_fn(|column| {
                let products = row.iter().zip(&other.0).map(|(&a, b)| a * b[column]);
                products.sum()
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_meet_columns() {
        let left = Matrix([[1, 2], [3, 4], [5, 6]]);
        let right = Matrix([[10, 0], [0, 100]]);
        assert_eq!(left * right, Matrix([[10, 200], [30, 400], [50, 600]]));
    }

    #[test]
    fn the_result_has_the_outer_dimensions() {
        let row = Matrix([[1.5, 2.0]]);
        let column = Matrix([[2.0], [0.5]]);
        assert_eq!(row * column, Matrix([[4.0]]));
        assert_eq!(column * row, Matrix([[3.0, 4.0], [0.75, 1.0]]));
    }

    #[test]
    fn without_an_inner_dimension_all_sums_are_empty() {
        // A 1×0 matrix times a 0×2 one.
        assert_eq!(
            Matrix([[0i32; 0]; 1]) * Matrix([[0; 2]; 0]),
            Matrix([[0, 0]])
        );
    }

    proptest! {
        #[test]
        fn it_is_associative(
            a in prop::array::uniform2(prop::array::uniform3(-9i32..9)),
            b in prop::array::uniform3(prop::array::uniform2(-9i32..9)),
            c in prop::array::uniform2(prop::array::uniform4(-9i32..9)),
        ) {
            let (a, b, c) = (Matrix(a), Matrix(b), Matrix(c));
            prop_assert_eq!((a * b) * c, a * (b * c));
            prop_assert_eq!(a * Matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), a);
        }
    }
}
