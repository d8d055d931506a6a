//! family: sorting
//! split: train

/// How many pairs stand in the wrong order; zero for a sorted list.
pub fn count_inversions(values: &[i32]) -> u64 {
    let mut seen: Vec<i32> = Vec::with_capacity(values.len());
    let mut inversions = 0;
    for &value in values {
        let at = seen.partition_point(|&other| other <= value);
        inversions += (seen.len() - at) as u64;
        seen.insert(at, value);
    }
    inversions
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sorted_list_has_none() {
        assert_eq!(count_inversions(&[]), 0);
        // Equal values are in order.
        assert_eq!(count_inversions(&[1, 1, 2, 3]), 0);
    }

    #[test]
    fn a_reversed_list_has_one_for_every_pair() {
        assert_eq!(count_inversions(&[4, 3, 2, 1]), 6);
    }

    proptest! {
        #[test]
        fn every_pair_is_looked_at(values in prop::collection::vec(-9i32..9, 0..20)) {
            let mut expected = 0;
            for (at, left) in values.iter().enumerate() {
                expected += values[at + 1..].iter().filter(|right| left > right).count() as u64;
            }
            prop_assert_eq!(count_inversions(&values), expected);
        }
    }
}
