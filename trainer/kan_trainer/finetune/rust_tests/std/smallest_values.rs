//! family: heaps
//! split: test

use std::collections::BinaryHeap;

/// The `count` smallest values in ascending order, with no more than that many kept at a time.
pub fn smallest_values(values: impl IntoIterator<Item = i32>, count: usize) -> Vec<i32> {
    let mut kept = BinaryHeap::new();
    for value in values {
        if kept.len() < count {
            kept.push(value);
        } else if let Some(mut largest) = kept.peek_mut() {
            if value < *largest {
                *largest = value;
            }
        }
    }
    kept.into_sorted_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn repeated_values_are_kept() {
        assert_eq!(smallest_values([4, 1, 3, 1, 9], 3), [1, 1, 3]);
    }

    #[test]
    fn there_may_be_fewer_than_wanted() {
        // And none at all may be wanted.
        assert_eq!(smallest_values([2, 1], 5), [1, 2]);
        assert!(smallest_values([2, 1], 0).is_empty());
    }

    proptest! {
        #[test]
        fn they_are_the_front_of_the_sorted_list(values in prop::collection::vec(-20i32..20, 0..30), count in 0usize..12) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            sorted.truncate(count);
            prop_assert_eq!(smallest_values(values, count), sorted);
        }
    }
}
