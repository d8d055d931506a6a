//! family: ordered-maps
//! split: train

use std::collections::BTreeMap;

/// How many values fall into each bucket of `width`, by the bucket's lower end; empty ones are left out.
pub fn bucket_counts(values: &[i32], width: u16) -> BTreeMap<i32, usize> {
    let mut counts = BTreeMap::new();
    let width = i32::from(width.max(1));
    for value in values {
        let into = value.rem_euclid(width);
        *counts.entry(value.saturating_sub(into)).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bucket_holds_its_lower_end_and_not_its_upper() {
        let counts = bucket_counts(&[0, 9, 10, 25], 10);
        assert_eq!(counts, BTreeMap::from([(0, 2), (10, 1), (20, 1)]));
    }

    #[test]
    fn negative_values_are_rounded_down() {
        // Plain division would put -1 and 1 into the same bucket.
        assert_eq!(
            bucket_counts(&[-1, -10, 1], 10),
            BTreeMap::from([(-10, 2), (0, 1)])
        );
    }

    #[test]
    fn a_width_of_zero_counts_as_one() {
        assert_eq!(
            bucket_counts(&[3, 4, 3], 0),
            BTreeMap::from([(3, 2), (4, 1)])
        );
    }

    proptest! {
        #[test]
        fn each_value_lies_in_its_bucket(value in -10_000i32..10_000, width in 1u16..500) {
            let (start, count) = bucket_counts(&[value], width).pop_first().unwrap();
            prop_assert_eq!(count, 1);
            prop_assert_eq!(start % i32::from(width), 0);
            prop_assert!(start <= value && value < start + i32::from(width));
        }
    }
}
