//! family: matrices
//! split: train

/// Rows become columns; rows of different lengths have no transpose.
pub fn transpose(rows: &[Vec<i32>]) -> Option<Vec<Vec<i32>>> {
    let width = rows.first().map_or(0, Vec::len);
    if rows.iter().any(|row| row.len() != width) {
        return None;
    }
    Some(
        (0..width)
            .map(|column| rows.iter().map(|row| row[column]).collect())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wide_matrix_becomes_a_tall_one() {
        let tall = transpose(&[vec![1, 2, 3], vec![4, 5, 6]]);
        assert_eq!(tall, Some(vec![vec![1, 4], vec![2, 5], vec![3, 6]]));
    }

    #[test]
    fn ragged_rows_are_refused() {
        // Both a shorter and a longer row.
        assert_eq!(transpose(&[vec![1, 2], vec![3]]), None);
        assert_eq!(transpose(&[vec![1], vec![2, 3]]), None);
        assert_eq!(transpose(&[]), Some(vec![]));
    }

    proptest! {
        #[test]
        fn twice_is_the_matrix_again(flat in prop::collection::vec(any::<i32>(), 1..40), width in 1usize..6) {
            let rows: Vec<Vec<i32>> = flat.chunks_exact(width).map(<[i32]>::to_vec).collect();
            let twice = transpose(&transpose(&rows).unwrap()).unwrap();
            prop_assert_eq!(twice, rows);
        }
    }
}
