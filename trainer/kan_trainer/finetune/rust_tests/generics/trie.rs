//! family: trees
//! split: test

use std::collections::BTreeMap;

/// Values by texts, kept letter by letter, so that prefixes can be looked up.
pub struct Trie<V> {
    value: Option<V>,
    children: BTreeMap<char, Trie<V>>,
}

impl<V> Default for Trie<V> {
    fn default() -> Self {
        Trie {
            value: None,
            children: BTreeMap::new(),
        }
    }
}

impl<V> Trie<V> {
    /// Stores `value` at `key` and returns what was there.
    pub fn insert(&mut self, key: &str, value: V) -> Option<V> {
        let node = key.chars().fold(self, |node, letter| {
            node.children.entry(letter).or_default()
        });
        node.value.replace(value)
    }

    /// The longest key that `text` begins with, and its value.
    pub fn longest_prefix<'t>(&self, text: &'t str) -> Option<(&'t str, &V)> {
        let mut node = self;
        let mut found = self.value.as_ref().map(|value| ("", value));
        for (at, letter) in text.char_indices() {
            let Some(child) = node.children.get(&letter) else {
                break;
            };
            node = child;
            if let Some(value) = &node.value {
                found = Some((&text[..at + letter.len_utf8()], value));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Trie<u8> {
        let mut routes = Trie::default();
        for (key, value) in [("to", 1), ("tea", 2), ("é", 3)] {
            assert_eq!(routes.insert(key, value), None);
        }
        routes
    }

    #[test]
    fn the_longest_of_several_prefixes_is_found() {
        let mut routes = routes();
        routes.insert("team", 9);
        assert_eq!(routes.longest_prefix("teams"), Some(("team", &9)));
        assert_eq!(routes.longest_prefix("teal"), Some(("tea", &2)));
    }

    #[test]
    fn the_way_to_a_key_is_no_key() {
        assert_eq!(routes().longest_prefix("te"), None);
        assert_eq!(routes().longest_prefix("x"), None);
        assert_eq!(routes().longest_prefix("été"), Some(("é", &3)));
    }

    #[test]
    fn the_empty_key_is_a_prefix_of_everything() {
        let mut routes = routes();
        routes.insert("", 0);
        assert_eq!(routes.longest_prefix("x"), Some(("", &0)));
        assert_eq!(routes.longest_prefix(""), Some(("", &0)));
    }

    #[test]
    fn a_key_stored_again_returns_its_old_value() {
        // The others were new, as the helper asserts.
        assert_eq!(routes().insert("to", 7), Some(1));
    }
}
