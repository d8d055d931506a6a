//! family: operators
//! split: train

use std::ops::{Add, Mul, Sub};

/// A complex number over any ring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex<T> {
    pub re: T,
    pub im: T,
}

impl<T> Mul for Complex<T>
where
    T: Add<Output = T> + Sub<Output = T> + Mul<Output = T> + Copy,
{
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Complex {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

/// A plain number scales a complex one.
impl<T: Mul<Output = T> + Copy> Mul<T> for Complex<T> {
    type Output = Self;

    fn mul(self, factor: T) -> Self {
        Complex {
            re: self.re * factor,
            im: self.im * factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn complex(re: i32, im: i32) -> Complex<i32> {
        Complex { re, im }
    }

    #[test]
    fn the_square_of_i_is_minus_one() {
        assert_eq!(complex(0, 1) * complex(0, 1), complex(-1, 0));
    }

    #[test]
    fn products_are_multiplied_out() {
        // (1 + 2i)(3 + 4i) = 3 + 4i + 6i − 8
        assert_eq!(complex(1, 2) * complex(3, 4), complex(-5, 10));
        assert_eq!(complex(1, 2) * -3, complex(-3, -6));
    }

    #[test]
    fn fractions_are_numbers_too() {
        let half = Complex { re: 0.5, im: 0.5 };
        assert_eq!(half * half, Complex { re: 0.0, im: 0.5 });
    }

    proptest! {
        #[test]
        fn norms_multiply(a in -99i32..99, b in -99i32..99, c in -99i32..99, d in -99i32..99) {
            let norm = |z: Complex<i32>| z.re * z.re + z.im * z.im;
            let (left, right) = (complex(a, b), complex(c, d));
            prop_assert_eq!(norm(left * right), norm(left) * norm(right));
            prop_assert_eq!(left * right, right * left);
            prop_assert_eq!(left * c, left * complex(c, 0));
        }
    }
}
