//! family: sorting
//! split: train

/// The value that would stand at `rank` were `values` sorted; `None` past the end.
pub fn quick_select(mut values: Vec<i32>, mut rank: usize) -> Option<i32> {
    while rank < values.len() {
        let pivot = values[values.len() / 2];
        let below: Vec<i32> = values
            .iter()
            .copied()
            .filter(|&value| value < pivot)
            .collect();
        let equal = values.iter().filter(|&&value| value == pivot).count();
        if rank < below.len() {
            values = below;
        } else if rank < below.len() + equal {
            return Some(pivot);
        } else {
            rank -= below.len() + equal;
            values.retain(|&value| value > pivot);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rank_zero_is_the_smallest() {
        assert_eq!(quick_select(vec![5, 1, 4], 0), Some(1));
        assert_eq!(quick_select(vec![5, 1, 4], 2), Some(5));
    }

    #[test]
    fn a_rank_past_the_end_has_no_value() {
        // Ranks count from zero.
        assert_eq!(quick_select(vec![5, 1, 4], 3), None);
        assert_eq!(quick_select(vec![], 0), None);
    }

    proptest! {
        #[test]
        fn it_is_what_sorting_would_give(values in prop::collection::vec(-8i32..8, 1..30), rank in 0usize..30) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            prop_assert_eq!(quick_select(values, rank), sorted.get(rank).copied());
        }
    }
}
