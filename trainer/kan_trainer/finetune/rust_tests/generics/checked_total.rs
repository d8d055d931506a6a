//! family: folds
//! split: train

/// Adds items of any width that fits into `i64`; `None` as soon as the sum does not.
pub fn checked_total<I>(items: I) -> Option<i64>
where
    I: IntoIterator,
    I::Item: Into<i64>,
{
    items
        .into_iter()
        .try_fold(0i64, |sum, item| sum.checked_add(item.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_adds_up_to_zero() {
        // The empty sum exists; it is no overflow.
        assert_eq!(checked_total(Vec::<i32>::new()), Some(0));
    }

    #[test]
    fn narrow_items_are_widened_before_they_are_added() {
        assert_eq!(checked_total([200u8, 200, 200]), Some(600));
        assert_eq!(checked_total([i32::MAX, 1]), Some(2_147_483_648));
    }

    #[test]
    fn the_greatest_sum_is_still_a_sum() {
        // One more than the greatest, one less than the least.
        assert_eq!(checked_total([i64::MAX - 1, 1]), Some(i64::MAX));
        assert_eq!(checked_total([i64::MAX, 1]), None);
        assert_eq!(checked_total([i64::MIN, -1]), None);
    }

    #[test]
    fn an_overflow_on_the_way_is_not_forgiven() {
        // The whole would fit, the first two items do not.
        assert_eq!(checked_total([i64::MAX, 1, -1]), None);
    }
}
