//! family: searching
//! split: train

/// How far an ascending list of distinct values was rotated: the index of its smallest value.
pub fn rotation_point(values: &[u32]) -> usize {
    let mut low = 0;
    let mut high = values.len().saturating_sub(1);
    while low < high {
        let middle = (low + high) / 2;
        if values[middle] > values[high] {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_unrotated_list_begins_with_its_smallest() {
        assert_eq!(rotation_point(&[1, 2, 3]), 0);
        assert_eq!(rotation_point(&[]), 0);
    }

    #[test]
    fn the_smallest_may_stand_last() {
        // Rotated by all but one.
        assert_eq!(rotation_point(&[5, 6, 7, 1]), 3);
        assert_eq!(rotation_point(&[2, 1]), 1);
    }

    proptest! {
        #[test]
        fn a_rotation_is_found_again(length in 1usize..40, by in 0usize..40) {
            let mut values: Vec<u32> = (0..length as u32).map(|i| i * 3).collect();
            values.rotate_right(by % length);
            prop_assert_eq!(rotation_point(&values), by % length);
        }
    }
}
