//! family: grouping
//! split: validation

use std::collections::HashMap;
use std::hash::Hash;

/// The values that occur at least twice, with their counts, the most frequent first; of equals, the lesser value.
pub fn most_common<T, I>(values: I) -> Vec<(T, usize)>
where
    T: Hash + Ord,
    I: IntoIterator<Item = T>,
{
    let mut counts = HashMap::new();
    for value in values {
        *counts.entry(value).or_insert(0) += 1;
    }
    let mut repeated: Vec<(T, usize)> =
        counts.into_iter().filter(|(_, count)| *count > 1).collect();
    repeated.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    repeated
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_most_frequent_comes_first() {
        assert_eq!(
            most_common("mississippi!".chars()),
            [('i', 4), ('s', 4), ('p', 2)]
        );
    }

    #[test]
    fn values_that_occur_once_are_left_out() {
        // Two is the least count that is reported.
        assert_eq!(most_common([3, 1, 2]), []);
        assert_eq!(most_common([1, 1]), [(1, 2)]);
    }

    #[test]
    fn of_equal_counts_the_lesser_value_comes_first() {
        // The order in which they came does not matter.
        let words = ["to", "be", "or", "to", "be"];
        assert_eq!(most_common(words), [("be", 2), ("to", 2)]);
    }

    proptest! {
        #[test]
        fn counts_are_true_and_never_rise(values in prop::collection::vec(0u8..5, 0..30)) {
            let common = most_common(values.iter().copied());
            prop_assert!(common.windows(2).all(|w| w[0].1 >= w[1].1));
            for value in 0..5 {
                let count = values.iter().filter(|&&v| v == value).count();
                prop_assert_eq!(common.contains(&(value, count)), count > 1);
            }
        }
    }
}
