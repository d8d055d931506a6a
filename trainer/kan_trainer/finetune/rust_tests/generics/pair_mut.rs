//! family: slice-views
//! split: test

/// Two different items of a slice, both to be changed; `None` where an index is out of range or both are the same.
pub fn pair_mut<T>(items: &mut [T], first: usize, second: usize) -> Option<(&mut T, &mut T)> {
    if first < second {
        let (left, right) = items.split_at_mut_checked(second)?;
        Some((&mut left[first], right.first_mut()?))
    } else if second < first {
        let (left, right) = items.split_at_mut_checked(first)?;
        Some((right.first_mut()?, &mut left[second]))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_items_can_be_changed_at_once() {
        let mut words = [String::from("a"), String::from("b"), String::from("c")];
        let (first, last) = pair_mut(&mut words, 0, 2).unwrap();
        first.push_str(last);
        last.clear();
        assert_eq!(words, ["ac", "b", ""]);
    }

    #[test]
    fn the_pair_comes_in_the_order_asked_for() {
        let mut numbers = [10, 20, 30];
        assert_eq!(pair_mut(&mut numbers, 2, 1), Some((&mut 30, &mut 20)));
        assert_eq!(pair_mut(&mut numbers, 1, 2), Some((&mut 20, &mut 30)));
    }

    #[test]
    fn one_item_is_no_pair() {
        // Two mutable borrows of it would be unsound.
        assert_eq!(pair_mut(&mut [1, 2], 1, 1), None);
    }

    #[test]
    fn an_index_out_of_range_gives_nothing() {
        // Either index may be the one that is too large.
        let mut numbers = [1, 2];
        assert_eq!(pair_mut(&mut numbers, 0, 2), None);
        assert_eq!(pair_mut(&mut numbers, 3, 0), None);
        assert_eq!(pair_mut(&mut numbers, 2, 3), None);
    }

    proptest! {
        #[test]
        fn swapping_the_pair_is_a_swap(mut items in prop::collection::vec(any::<u8>(), 2..10), a in 0usize..10, b in 0usize..10) {
            let mut expected = items.clone();
            let inside = a != b && a.max(b) < items.len();
            if inside {
                expected.swap(a, b);
            }
            let pair = pair_mut(&mut items, a, b);
            prop_assert_eq!(pair.is_some(), inside);
            if let Some((left, right)) = pair {
                std::mem::swap(left, right);
            }
            prop_assert_eq!(items, expected);
        }
    }
}
