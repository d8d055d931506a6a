//! family: matrices
//! split: train

/// The product of two matrices; `None` where the inner sizes differ.
pub fn multiply_matrices(left: &[Vec<i64>], right: &[Vec<i64>]) -> Option<Vec<Vec<i64>>> {
    let columns = right.first()?.len();
    let mut product = Vec::with_capacity(left.len());
    for row in left {
        if row.len() != right.len() {
            return None;
        }
        let mut sums = vec![0; columns];
        for (factor, others) in row.iter().zip(right) {
            for (sum, other) in sums.iter_mut().zip(others) {
                *sum += factor * other;
            }
        }
        product.push(sums);
    }
    Some(product)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_meet_columns() {
        let left = [vec![1, 2, 3]];
        let right = [vec![1, 10], vec![2, 20], vec![3, 30]];
        assert_eq!(multiply_matrices(&left, &right), Some(vec![vec![14, 140]]));
    }

    #[test]
    fn inner_sizes_have_to_agree() {
        // The second product has no rows to multiply with.
        assert_eq!(multiply_matrices(&[vec![1, 2]], &[vec![1]]), None);
        assert_eq!(multiply_matrices(&[vec![1]], &[]), None);
    }

    proptest! {
        #[test]
        fn the_unit_matrix_changes_nothing(
            rows in prop::collection::vec(prop::collection::vec(-9i64..9, 3), 1..5),
        ) {
            let unit: Vec<Vec<i64>> = (0..3).map(|i| (0..3).map(|j| i64::from(i == j)).collect()).collect();
            prop_assert_eq!(multiply_matrices(&rows, &unit), Some(rows));
        }
    }
}
