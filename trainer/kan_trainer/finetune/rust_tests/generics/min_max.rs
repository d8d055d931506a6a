//! family: folds
//! split: train

/// The least and the greatest item in one pass; `None` where there are no items.
pub fn min_max<I>(items: I) -> Option<(I::Item, I::Item)>
where
    I: IntoIterator,
    I::Item: PartialOrd + Copy,
{
    let mut items = items.into_iter();
    let first = items.next()?;
    let mut ends = (first, first);
    for item in items {
        if item < ends.0 {
            ends.0 = item;
        } else if item > ends.1 {
            ends.1 = item;
        }
    }
    Some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_items_have_no_ends() {
        assert_eq!(min_max(Vec::<i32>::new()), None);
    }

    #[test]
    fn a_single_item_is_both_ends() {
        // It is never compared with itself.
        assert_eq!(min_max([2.5]), Some((2.5, 2.5)));
    }

    #[test]
    fn the_ends_may_come_in_any_order() {
        // The greatest may come before or after the least.
        assert_eq!(min_max(['m', 'z', 'a']), Some(('a', 'z')));
        assert_eq!(min_max(['m', 'a', 'z']), Some(('a', 'z')));
    }

    #[test]
    fn a_later_nan_is_passed_over() {
        // NaN is neither less nor greater than anything.
        assert_eq!(min_max([1.0, f64::NAN, -1.0]), Some((-1.0, 1.0)));
    }

    proptest! {
        #[test]
        fn the_ends_are_those_of_the_sorted_items(mut items in prop::collection::vec(any::<i16>(), 1..30)) {
            let ends = min_max(items.iter().copied());
            items.sort_unstable();
            prop_assert_eq!(ends, Some((items[0], items[items.len() - 1])));
        }
    }
}
