//! family: sequences
//! split: test

/// The length of the longest strictly ascending subsequence.
pub fn longest_increasing(values: &[i32]) -> usize {
    // At place n: the smallest value that a subsequence of n + 1 values can end with.
    let mut ends: Vec<i32> = Vec::new();
    for &value in values {
        let at = ends.partition_point(|&end| end < value);
        if at == ends.len() {
            ends.push(value);
        } else {
            ends[at] = value;
        }
    }
    ends.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_in_between_may_be_left_out() {
        assert_eq!(longest_increasing(&[5, 1, 8, 2, 3, 9, 4]), 4);
    }

    #[test]
    fn equal_values_do_not_ascend() {
        // Strictly ascending: one of them is all there is.
        assert_eq!(longest_increasing(&[7, 7, 7]), 1);
        assert_eq!(longest_increasing(&[3, 2, 1]), 1);
        assert_eq!(longest_increasing(&[]), 0);
    }

    proptest! {
        #[test]
        fn no_choice_of_values_is_longer(values in prop::collection::vec(-5i32..5, 0..9)) {
            let mut longest = 0;
            for mask in 0u32..1 << values.len() {
                let chosen: Vec<i32> =
                    (0..values.len()).filter(|i| mask >> i & 1 == 1).map(|i| values[i]).collect();
                if chosen.windows(2).all(|two| two[0] < two[1]) {
                    longest = longest.max(chosen.len());
                }
            }
            prop_assert_eq!(longest_increasing(&values), longest);
        }
    }
}
