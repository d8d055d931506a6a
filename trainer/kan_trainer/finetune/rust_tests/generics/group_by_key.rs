//! family: grouping
//! split: validation

use std::collections::BTreeMap;

/// Sorts values into lists by a key; within a list they keep their order.
pub fn group_by_key<T, K, I, F>(values: I, key: F) -> BTreeMap<K, Vec<T>>
where
    K: Ord,
    I: IntoIterator<Item = T>,
    F: Fn(&T) -> K,
{
    let mut groups: BTreeMap<K, Vec<T>> = BTreeMap::new();
    for value in values {
        groups.entry(key(&value)).or_default().push(value);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_of_one_key_are_together_in_their_order() {
        let groups = group_by_key(["pear", "fig", "kiwi", "nut"], |word| word.len());
        assert_eq!(groups[&4], ["pear", "kiwi"]);
        assert_eq!(groups[&3], ["fig", "nut"]);
        assert_eq!(groups.len(), 2);
    }

    #[test]
    fn nothing_makes_no_group() {
        // Groups exist only where there is a value.
        assert!(group_by_key(Vec::<i32>::new(), |n| *n).is_empty());
    }

    #[test]
    fn groups_come_in_the_order_of_their_keys() {
        // The keys of the values come as 2, 0, 1.
        let groups = group_by_key([5, 3, 4], |n| n % 3);
        assert_eq!(groups.into_keys().collect::<Vec<_>>(), [0, 1, 2]);
    }

    proptest! {
        #[test]
        fn every_value_is_in_the_group_of_its_key(values in prop::collection::vec(any::<u8>(), 0..30)) {
            let groups = group_by_key(values.clone(), |n| n % 5);
            prop_assert_eq!(groups.values().map(Vec::len).sum::<usize>(), values.len());
            for (key, group) in groups {
                let expected: Vec<u8> = values.iter().copied().filter(|n| n % 5 == key).collect();
                prop_assert_eq!(group, expected);
            }
        }
    }
}
