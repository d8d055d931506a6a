//! family: sequences
//! split: test

/// The largest sum of neighbouring values, and the range that has it; the first of equals.
pub fn best_stretch(values: &[i32]) -> Option<(i64, std::ops::Range<usize>)> {
    let mut best: Option<(i64, std::ops::Range<usize>)> = None;
    let (mut sum, mut start) = (0i64, 0);
    for (at, &value) in values.iter().enumerate() {
        if sum < 0 {
            (sum, start) = (0, at);
        }
        sum += i64::from(value);
        if best.as_ref().is_none_or(|(most, _)| sum > *most) {
            best = Some((sum, start..at + 1));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_small_loss_is_crossed() {
        assert_eq!(best_stretch(&[-2, 3, -1, 4, -9, 5]), Some((6, 1..4)));
    }

    #[test]
    fn where_all_are_negative_the_least_bad_is_best() {
        assert_eq!(best_stretch(&[-5, -2, -7]), Some((-2, 1..2)));
        assert_eq!(best_stretch(&[]), None);
    }

    #[test]
    fn the_first_of_equal_sums_is_told() {
        // A sum of zero before it is kept, a longer stretch of the same sum is not.
        assert_eq!(best_stretch(&[1, -1, 2, 0]), Some((2, 0..3)));
    }

    proptest! {
        #[test]
        fn no_range_has_more(values in prop::collection::vec(any::<i32>(), 1..12)) {
            let sum = |range: &[i32]| range.iter().copied().map(i64::from).sum::<i64>();
            let (most, range) = best_stretch(&values).unwrap();
            prop_assert_eq!(sum(&values[range]), most);
            for start in 0..values.len() {
                prop_assert!((start + 1..=values.len()).all(|end| sum(&values[start..end]) <= most));
            }
        }
    }
}
