//! family: keyed-containers
//! split: train

use std::collections::BTreeMap;

/// A map that keeps several values at a key, in the order they came.
pub struct MultiMap<K, V> {
    lists: BTreeMap<K, Vec<V>>,
}

impl<K: Ord, V: PartialEq> MultiMap<K, V> {
    /// Removes one `value` at `key` and returns whether it was there; a key without values goes, too.
    pub fn remove(&mut self, key: &K, value: &V) -> bool {
        let Some(list) = self.lists.get_mut(key) else {
            return false;
        };
        let Some(at) = list.iter().position(|known| known == value) else {
            return false;
        };
        list.remove(at);
        if list.is_empty() {
            self.lists.remove(key);
        }
        true
    }

    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.lists
            .iter()
            .flat_map(|(key, list)| list.iter().map(move |value| (key, value)))
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for MultiMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut lists = BTreeMap::<K, Vec<V>>::new();
        for (key, value) in pairs {
            lists.entry(key).or_default().push(value);
        }
        MultiMap { lists }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores() -> MultiMap<&'static str, u8> {
        [("bob", 5), ("ann", 7), ("bob", 3), ("bob", 5)]
            .into_iter()
            .collect()
    }

    #[test]
    fn values_come_by_key_and_then_in_their_order() {
        let pairs: Vec<_> = scores()
            .iter()
            .map(|(name, score)| format!("{name} {score}"))
            .collect();
        assert_eq!(pairs, ["ann 7", "bob 5", "bob 3", "bob 5"]);
    }

    #[test]
    fn one_of_two_equal_values_is_removed() {
        let mut scores = scores();
        assert!(scores.remove(&"bob", &5));
        let left: Vec<u8> = scores.iter().map(|(_, score)| *score).collect();
        assert_eq!(left, [7, 3, 5]);
    }

    #[test]
    fn a_key_goes_with_its_last_value() {
        let mut scores = scores();
        assert!(scores.remove(&"ann", &7));
        assert!(!scores.lists.contains_key("ann"));
        // The other key is still there.
        assert!(scores.lists.contains_key("bob"));
    }

    #[test]
    fn what_is_absent_cannot_be_removed() {
        assert!(!scores().remove(&"cid", &5));
        assert!(!scores().remove(&"ann", &5));
    }
}
