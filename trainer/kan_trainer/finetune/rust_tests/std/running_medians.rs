//! family: heaps
//! split: test

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The lower median of each beginning of the list.
pub fn running_medians(values: &[i32]) -> Vec<i32> {
    let mut lower = BinaryHeap::new();
    let mut upper: BinaryHeap<Reverse<i32>> = BinaryHeap::new();
    let mut medians = Vec::with_capacity(values.len());
    for &value in values {
        lower.push(value);
        upper.extend(lower.pop().map(Reverse));
        if upper.len() > lower.len() {
            lower.extend(upper.pop().map(|Reverse(smallest)| smallest));
        }
        medians.extend(lower.peek().copied());
    }
    medians
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_an_even_number_the_lower_middle_is_taken() {
        // Of 3, 5, 8 and 9 that is 5.
        assert_eq!(running_medians(&[5, 3, 8, 9, 1]), [5, 3, 5, 5, 5]);
    }

    #[test]
    fn nothing_has_no_median() {
        assert!(running_medians(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn each_is_the_middle_of_what_came(values in prop::collection::vec(-50i32..50, 0..25)) {
            let medians = running_medians(&values);
            prop_assert_eq!(medians.len(), values.len());
            for (at, median) in medians.into_iter().enumerate() {
                let mut came = values[..=at].to_vec();
                came.sort_unstable();
                prop_assert_eq!(median, came[at / 2]);
            }
        }
    }
}
