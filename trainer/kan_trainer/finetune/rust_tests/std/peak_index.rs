//! family: searching
//! split: train

/// The index of a value that is no smaller than its neighbours; `None` for no values.
pub fn peak_index(values: &[i64]) -> Option<usize> {
    if values.is_empty() {
        return None;
    }
    let (mut low, mut high) = (0, values.len() - 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if values[middle] < values[middle + 1] {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_slope_has_its_peak_at_an_end() {
        assert_eq!(peak_index(&[1, 2, 3, 4]), Some(3));
        assert_eq!(peak_index(&[4, 3, 2]), Some(0));
    }

    #[test]
    fn few_values_are_no_trouble() {
        assert_eq!(peak_index(&[]), None);
        assert_eq!(peak_index(&[-7]), Some(0));
        // On a plateau the left end is taken.
        assert_eq!(peak_index(&[5, 5]), Some(0));
    }

    proptest! {
        #[test]
        fn no_neighbour_of_a_peak_is_larger(values in prop::collection::vec(-9i64..9, 1..30)) {
            let peak = peak_index(&values).unwrap();
            prop_assert!(peak == 0 || values[peak - 1] <= values[peak]);
            prop_assert!(peak + 1 == values.len() || values[peak + 1] <= values[peak]);
        }
    }
}
