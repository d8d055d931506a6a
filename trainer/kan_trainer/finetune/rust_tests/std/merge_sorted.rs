//! family: heaps
//! split: test

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// One ascending list out of several.
pub fn merge_sorted(lists: &[&[u32]]) -> Vec<u32> {
    let mut heads: BinaryHeap<_> = lists
        .iter()
        .filter_map(|list| list.split_first())
        .map(Reverse)
        .collect();
    let mut merged = Vec::with_capacity(lists.iter().map(|list| list.len()).sum());
    while let Some(Reverse((head, rest))) = heads.pop() {
        merged.push(*head);
        heads.extend(rest.split_first().map(Reverse));
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_of_any_length_are_woven_together() {
        // An empty list in the middle has no head.
        assert_eq!(
            merge_sorted(&[&[1, 5, 9], &[], &[2], &[0, 6]]),
            [0, 1, 2, 5, 6, 9]
        );
    }

    #[test]
    fn no_lists_make_an_empty_one() {
        // Neither do lists without values.
        assert!(merge_sorted(&[]).is_empty());
        assert!(merge_sorted(&[&[], &[]]).is_empty());
    }

    proptest! {
        #[test]
        fn sorting_all_at_once_gives_the_same(lists in prop::collection::vec(prop::collection::vec(0u32..20, 0..8), 0..6)) {
            let mut lists = lists;
            lists.iter_mut().for_each(|list| list.sort_unstable());
            let mut expected = lists.concat();
            expected.sort_unstable();
            let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
            let merged = merge_sorted(&slices);
            prop_assert!(merged.capacity() >= expected.len());
            prop_assert_eq!(merged, expected);
        }
    }
}
