//! family: searching
//! split: train

/// Finds `target` in the ascending `values`; `None` where it is not there.
pub fn binary_search(values: &[i32], target: i32) -> Option<usize> {
    let (mut low, mut high) = (0, values.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if values[middle] < target {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (values.get(low) == Some(&target)).then_some(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn finds_the_first_and_the_last_value() {
        // Both ends of the search range have to be reached.
        assert_eq!(binary_search(&[1, 3, 5], 1), Some(0));
        assert_eq!(binary_search(&[1, 3, 5], 5), Some(2));
    }

    #[test]
    fn the_first_of_equal_values_is_found() {
        // The standard search may return any of the three.
        assert_eq!(binary_search(&[2, 2, 2, 7], 2), Some(0));
        assert_eq!(binary_search(&[], 2), None);
    }

    proptest! {
        #[test]
        fn whatever_is_found_is_the_target(
            mut values in prop::collection::vec(-50i32..50, 0..20),
            target in -50i32..50,
        ) {
            values.sort_unstable();
            let expected = values.iter().position(|&value| value == target);
            prop_assert_eq!(binary_search(&values, target), expected);
        }
    }
}
