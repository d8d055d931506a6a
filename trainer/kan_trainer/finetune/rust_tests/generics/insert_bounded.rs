//! family: sorted-sequences
//! split: train

/// Keeps the `limit` best items in falling order: puts `item` in its place and drops the worst where there are too many.
///
/// Returns whether the item was kept; of equals, the earlier is better.
pub fn insert_bounded<T: PartialOrd>(best: &mut Vec<T>, item: T, limit: usize) -> bool {
    let place = best.iter().take_while(|known| **known >= item).count();
    if place >= limit {
        return false;
    }
    best.insert(place, item);
    best.truncate(limit);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn items_are_put_in_falling_order() {
        let mut best = Vec::new();
        for score in [5, 9, 7] {
            assert!(insert_bounded(&mut best, score, 3));
        }
        assert_eq!(best, [9, 7, 5]);
    }

    #[test]
    fn the_worst_item_makes_room() {
        let mut best = vec![9, 7, 5];
        assert!(insert_bounded(&mut best, 6, 3));
        assert_eq!(best, [9, 7, 6]);
        assert!(!insert_bounded(&mut best, 1, 3));
        assert_eq!(best, [9, 7, 6]);
    }

    #[test]
    fn an_equal_item_does_not_push_out_an_earlier_one() {
        let mut best = vec![2.0];
        assert!(!insert_bounded(&mut best, 2.0, 1));
    }

    #[test]
    fn a_limit_of_zero_keeps_nothing() {
        // Even the first item is turned away.
        let mut best = Vec::<u8>::new();
        assert!(!insert_bounded(&mut best, 1, 0));
        assert!(best.is_empty());
    }

    proptest! {
        #[test]
        fn the_best_are_what_sorting_would_leave(items in prop::collection::vec(0u8..20, 0..20), limit in 0usize..6) {
            let mut best = Vec::new();
            for item in &items {
                insert_bounded(&mut best, *item, limit);
            }
            let mut sorted = items;
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            sorted.truncate(limit);
            prop_assert_eq!(best, sorted);
        }
    }
}
