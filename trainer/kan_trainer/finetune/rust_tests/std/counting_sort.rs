//! family: sorting
//! split: train

/// Sorts small numbers by counting how often each occurs.
pub fn counting_sort(values: &mut [u8]) {
    let mut counts = [0usize; 256];
    for &value in values.iter() {
        counts[usize::from(value)] += 1;
    }
    let mut at = 0;
    for (value, &count) in counts.iter().enumerate() {
        values[at..at + count].fill(value as u8);
        at += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_smallest_and_largest_byte_are_counted_too() {
        // Byte 255 needs the last counter.
        let mut values = [255, 0, 7, 255, 0];
        counting_sort(&mut values);
        assert_eq!(values, [0, 0, 7, 255, 255]);
    }

    #[test]
    fn an_empty_slice_stays_empty() {
        let mut values: [u8; 0] = [];
        counting_sort(&mut values);
        assert!(values.is_empty());
    }

    proptest! {
        #[test]
        fn sorting_twice_changes_nothing_more(mut values in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut expected = values.clone();
            expected.sort_unstable();
            counting_sort(&mut values);
            prop_assert_eq!(&values, &expected);
            counting_sort(&mut values);
            prop_assert_eq!(values, expected);
        }
    }
}
