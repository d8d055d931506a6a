//! family: keyed-containers
//! split: train

/// A small cache that forgets the entry that has not been used for longest.
pub struct LruCache<K, V> {
    capacity: usize,
    entries: Vec<(K, V)>,
}

impl<K: PartialEq, V> LruCache<K, V> {
    pub fn with_capacity(capacity: usize) -> Self {
        LruCache {
            capacity,
            entries: Vec::new(),
        }
    }

    /// The value at `key`, which now counts as just used.
    pub fn get(&mut self, key: &K) -> Option<&V> {
        let at = self.entries.iter().position(|(known, _)| known == key)?;
        let entry = self.entries.remove(at);
        self.entries.push(entry);
        self.entries.last().map(|(_, value)| value)
    }

    pub fn put(&mut self, key: K, value: V) {
        self.entries.retain(|(known, _)| *known != key);
        self.entries.push((key, value));
        if self.entries.len() > self.capacity {
            self.entries.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_least_recently_used_entry_is_forgotten() {
        let mut cache = LruCache::with_capacity(2);
        cache.put("a", 1);
        cache.put("b", 2);
        assert_eq!(cache.get(&"a"), Some(&1));
        // Reading "a" made "b" the oldest.
        cache.put("c", 3);
        assert_eq!(cache.get(&"b"), None);
        assert_eq!(cache.get(&"a"), Some(&1));
        assert_eq!(cache.get(&"c"), Some(&3));
    }

    #[test]
    fn putting_a_key_again_replaces_its_value_alone() {
        let mut cache = LruCache::with_capacity(2);
        cache.put('x', 1);
        cache.put('y', 2);
        cache.put('x', 9);
        assert_eq!(cache.get(&'x'), Some(&9));
        assert_eq!(cache.get(&'y'), Some(&2));
    }

    #[test]
    fn a_cache_without_room_keeps_nothing() {
        // The new entry is the first to go.
        let mut cache = LruCache::with_capacity(0);
        cache.put(1, "one");
        assert_eq!(cache.get(&1), None);
    }

    proptest! {
        #[test]
        fn the_newest_distinct_keys_are_kept(keys in prop::collection::vec(0u8..8, 0..30), capacity in 1usize..6) {
            let mut cache = LruCache::with_capacity(capacity);
            let mut newest: Vec<u8> = Vec::new();
            for key in keys {
                cache.put(key, ());
                newest.retain(|&known| known != key);
                newest.insert(0, key);
            }
            newest.truncate(capacity);
            for key in 0..8 {
                prop_assert_eq!(cache.get(&key).is_some(), newest.contains(&key));
            }
        }
    }
}
