//! family: searching
//! split: train

/// The number of leading values below `limit`, found with doubling steps in an ascending list.
pub fn exponential_bound(values: &[u64], limit: u64) -> usize {
    let mut step = 1;
    while step <= values.len() && values[step - 1] < limit {
        step *= 2;
    }
    let start = step / 2;
    let end = step.min(values.len());
    start + values[start..end].partition_point(|&value| value < limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn limits_outside_the_list_give_its_ends() {
        assert_eq!(exponential_bound(&[4, 5, 6], 0), 0);
        assert_eq!(exponential_bound(&[4, 5, 6], 100), 3);
        assert_eq!(exponential_bound(&[], 1), 0);
    }

    #[test]
    fn a_value_equal_to_the_limit_is_not_counted() {
        // The limit itself stands three times.
        assert_eq!(exponential_bound(&[1, 2, 3, 3, 3, 9], 3), 2);
        assert_eq!(exponential_bound(&[7], 7), 0);
    }

    proptest! {
        #[test]
        fn it_counts_as_a_plain_filter_does(
            mut values in prop::collection::vec(0u64..60, 0..50),
            limit in 0u64..60,
        ) {
            values.sort_unstable();
            let below = values.iter().filter(|&&value| value < limit).count();
            prop_assert_eq!(exponential_bound(&values, limit), below);
        }
    }
}
