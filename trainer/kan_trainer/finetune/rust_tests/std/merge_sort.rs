//! family: sorting
//! split: train

/// A sorted copy of `values`, made by halving and merging.
pub fn merge_sort(values: &[i32]) -> Vec<i32> {
    if values.len() < 2 {
        return values.to_vec();
    }
    let (left, right) = values.split_at(values.len() / 2);
    let (left, right) = (merge_sort(left), merge_sort(right));
    let mut merged = Vec::with_capacity(values.len());
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if left[i] <= right[j] {
            merged.push(left[i]);
            i += 1;
        } else {
            merged.push(right[j]);
            j += 1;
        }
    }
    merged.extend_from_slice(&left[i..]);
    merged.extend_from_slice(&right[j..]);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_and_one_value_are_sorted_already() {
        assert!(merge_sort(&[]).is_empty());
        assert_eq!(merge_sort(&[4]), [4]);
    }

    #[test]
    fn extremes_find_their_ends() {
        // Subtracting them to compare would overflow.
        assert_eq!(
            merge_sort(&[0, i32::MAX, i32::MIN, 0]),
            [i32::MIN, 0, 0, i32::MAX]
        );
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_standard_sort(values in prop::collection::vec(any::<i32>(), 0..40)) {
            let mut expected = values.clone();
            expected.sort();
            prop_assert_eq!(merge_sort(&values), expected);
        }
    }
}
