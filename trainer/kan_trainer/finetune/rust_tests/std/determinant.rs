//! family: matrices
//! split: train

/// The determinant of a square matrix of whole numbers, by Bareiss' division-free elimination.
pub fn determinant(mut rows: Vec<Vec<i64>>) -> i64 {
    let size = rows.len();
    let (mut sign, mut before) = (1, 1);
    for step in 0..size.saturating_sub(1) {
        let Some(pivot) = (step..size).find(|&row| rows[row][step] != 0) else {
            return 0;
        };
        if pivot != step {
            rows.swap(pivot, step);
            sign = -sign;
        }
        for row in step + 1..size {
            for column in step + 1..size {
                let kept = rows[row][column] * rows[step][step];
                rows[row][column] = (kept - rows[row][step] * rows[step][column]) / before;
            }
        }
        before = rows[step][step];
    }
    sign * rows.last().map_or(1, |row| row[size - 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_matrices_are_known() {
        assert_eq!(determinant(vec![vec![3, 8], vec![4, 6]]), -14);
        assert_eq!(
            determinant(vec![vec![6, 1, 1], vec![4, -2, 5], vec![2, 8, 7]]),
            -306
        );
        // The product of no factors.
        assert_eq!(determinant(vec![]), 1);
        assert_eq!(determinant(vec![vec![-5]]), -5);
    }

    #[test]
    fn a_zero_on_the_diagonal_needs_another_row() {
        // The swap of two rows changes the sign.
        assert_eq!(determinant(vec![vec![0, 2], vec![3, 4]]), -6);
        assert_eq!(
            determinant(vec![vec![0, 0, 1], vec![0, 1, 0], vec![1, 0, 0]]),
            -1
        );
    }

    #[test]
    fn dependent_rows_have_none() {
        assert_eq!(determinant(vec![vec![0, 1], vec![0, 2]]), 0);
        assert_eq!(
            determinant(vec![vec![1, 2, 3], vec![2, 4, 6], vec![1, 0, 1]]),
            0
        );
    }

    proptest! {
        #[test]
        fn it_is_the_sum_over_the_first_row(flat in prop::array::uniform9(-9i64..10)) {
            let [a, b, c, d, e, f, g, h, i] = flat;
            let expected = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
            let rows = flat.chunks(3).map(<[i64]>::to_vec).collect();
            prop_assert_eq!(determinant(rows), expected);
        }
    }
}
