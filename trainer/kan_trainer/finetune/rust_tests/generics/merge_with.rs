//! family: monoids
//! split: test

use std::collections::BTreeMap;

/// The entries of all maps together; values of one key are combined from the first map to the last.
pub fn merge_with<K, V, F>(
    maps: impl IntoIterator<Item = BTreeMap<K, V>>,
    combine: F,
) -> BTreeMap<K, V>
where
    K: Ord,
    F: Fn(V, V) -> V,
{
    let mut merged = BTreeMap::new();
    for (key, value) in maps.into_iter().flatten() {
        let value = match merged.remove(&key) {
            Some(earlier) => combine(earlier, value),
            None => value,
        };
        merged.insert(key, value);
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn map<V: Copy>(pairs: &[(char, V)]) -> BTreeMap<char, V> {
        pairs.iter().copied().collect()
    }

    #[test]
    fn values_of_one_key_are_combined() {
        let maps = [map(&[('a', 1), ('b', 2)]), map(&[('b', 3), ('c', 4)])];
        let sum = merge_with(maps, |x, y| x + y);
        assert_eq!(sum, map(&[('a', 1), ('b', 5), ('c', 4)]));
    }

    #[test]
    fn earlier_maps_are_on_the_left() {
        // Subtraction tells the sides apart: (10 - 3) - 2.
        let maps = [map(&[('x', 10)]), map(&[('x', 3)]), map(&[('x', 2)])];
        assert_eq!(merge_with(maps, |x, y| x - y), map(&[('x', 5)]));
    }

    #[test]
    fn values_that_meet_no_other_are_not_combined() {
        // One map is empty, so no key is in both.
        let maps = [map(&[('a', 1)]), BTreeMap::new()];
        assert_eq!(merge_with(maps, |_, _| unreachable!()), map(&[('a', 1)]));
    }

    #[test]
    fn no_maps_merge_to_an_empty_one() {
        assert!(merge_with::<u8, u8, _>([], |x, _| x).is_empty());
    }

    proptest! {
        #[test]
        fn sums_are_kept(maps in prop::collection::vec(prop::collection::btree_map(0u8..5, 0u32..100, 0..5), 0..5)) {
            let total: u32 = maps.iter().flat_map(|map| map.values()).sum();
            let merged = merge_with(maps.clone(), |x, y| x + y);
            prop_assert_eq!(merged.values().sum::<u32>(), total);
            prop_assert!(maps.iter().flat_map(|map| map.keys()).all(|key| merged.contains_key(key)));
        }
    }
}
