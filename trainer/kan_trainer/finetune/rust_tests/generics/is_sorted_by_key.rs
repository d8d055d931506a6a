//! family: folds
//! split: train

/// Whether the keys of `items` never fall; keys that cannot be compared count as a fall.
pub fn is_sorted_by_key<T, K, F>(items: &[T], key: F) -> bool
where
    K: PartialOrd,
    F: Fn(&T) -> K,
{
    let mut previous: Option<K> = None;
    for item in items {
        let current = key(item);
        if previous
            .is_some_and(|before| !matches!(before.partial_cmp(&current), Some(o) if o.is_le()))
        {
            return false;
        }
        previous = Some(current);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_item_and_one_item_are_sorted() {
        // There is no pair that could be out of order.
        assert!(is_sorted_by_key(&[] as &[i32], |n| *n));
        assert!(is_sorted_by_key(&[3], |n| *n));
    }

    #[test]
    fn equal_keys_are_no_fall() {
        assert!(is_sorted_by_key(&["a", "b", "cc"], |word| word.len()));
    }

    #[test]
    fn the_key_decides_and_not_the_item() {
        assert!(is_sorted_by_key(&[3, 2, 1], |n| -n));
        assert!(!is_sorted_by_key(&[1, 2, 3], |n| -n));
    }

    #[test]
    fn a_nan_breaks_the_order() {
        // NaN <= 1.0 is false, as is NaN > 1.0.
        assert!(!is_sorted_by_key(&[0.0, f64::NAN, 1.0], |x| *x));
    }

    proptest! {
        #[test]
        fn it_agrees_with_sorting(items in prop::collection::vec(0u8..6, 0..6)) {
            let mut sorted = items.clone();
            sorted.sort_unstable();
            prop_assert_eq!(is_sorted_by_key(&items, |n| *n), items == sorted);
        }
    }
}
