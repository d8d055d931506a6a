//! family: conversions
//! split: train

use std::borrow::Borrow;
use std::collections::BTreeMap;

/// The value at a borrowed form of the key, else at the fallback key, else the default of its type.
pub fn get_or_default<K, Q, V>(map: &BTreeMap<K, V>, key: &Q, fallback: &Q) -> V
where
    K: Borrow<Q> + Ord,
    Q: Ord + ?Sized,
    V: Clone + Default,
{
    map.get(key)
        .or_else(|| map.get(fallback))
        .cloned()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greetings() -> BTreeMap<String, &'static str> {
        BTreeMap::from([("en".to_string(), "hello"), ("fr".to_string(), "salut")])
    }

    #[test]
    fn a_known_key_needs_no_fallback() {
        // The keys are Strings, and still no String is made to ask for one.
        assert_eq!(get_or_default(&greetings(), "fr", "en"), "salut");
    }

    #[test]
    fn an_unknown_key_falls_back() {
        assert_eq!(get_or_default(&greetings(), "de", "en"), "hello");
    }

    #[test]
    fn without_either_the_default_is_returned() {
        // An empty text and a zero are the defaults of their types.
        assert_eq!(get_or_default(&greetings(), "de", "it"), "");
        let codes = BTreeMap::from([(vec![1, 2], 9)]);
        assert_eq!(get_or_default(&codes, &[1][..], &[2][..]), 0);
        assert_eq!(get_or_default(&codes, &[1][..], &[1, 2][..]), 9);
    }
}
