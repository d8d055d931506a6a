//! family: sorting
//! split: train

/// Puts values below `pivot` first and those above it last; returns the range of its equals.
pub fn three_way_partition(values: &mut [i32], pivot: i32) -> (usize, usize) {
    let (mut low, mut at, mut high) = (0, 0, values.len());
    while at < high {
        if values[at] < pivot {
            values.swap(low, at);
            low += 1;
            at += 1;
        } else if values[at] > pivot {
            high -= 1;
            values.swap(at, high);
        } else {
            at += 1;
        }
    }
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equals_of_the_pivot_end_in_the_middle() {
        let mut values = [3, 1, 2, 3, 2];
        assert_eq!(three_way_partition(&mut values, 2), (1, 3));
        assert_eq!(values[..3], [1, 2, 2]);
    }

    #[test]
    fn a_pivot_that_is_missing_has_an_empty_range() {
        // The range stands where the pivot would.
        let mut values = [9, 1];
        assert_eq!(three_way_partition(&mut values, 5), (1, 1));
        assert_eq!(values, [1, 9]);
    }

    proptest! {
        #[test]
        fn every_value_lies_in_its_part(mut values in prop::collection::vec(-5i32..5, 0..30), pivot in -5i32..5) {
            let mut before = values.clone();
            let (low, high) = three_way_partition(&mut values, pivot);
            prop_assert!(values[..low].iter().all(|&value| value < pivot));
            prop_assert!(values[low..high].iter().all(|&value| value == pivot));
            prop_assert!(values[high..].iter().all(|&value| value > pivot));
            before.sort_unstable();
            values.sort_unstable();
            prop_assert_eq!(values, before);
        }
    }
}
