//! family: bounded
//! split: train

use std::collections::BTreeMap;

#[derive(Debug, PartialEq)]
pub enum InsertError {
    TooManyKeys { most: usize },
    OutOfSpace { free: usize },
}

/// How many keys, and how many bytes of keys and values, a store may hold.
pub struct Limits {
    pub keys: usize,
    pub bytes: usize,
}

/// Sets a key within the limits. What a replaced value occupied counts as free; on an error the
/// store is unchanged.
pub fn insert_limited(
    store: &mut BTreeMap<String, String>,
    limits: &Limits,
    key: &str,
    value: &str,
) -> Result<Option<String>, InsertError> {
    if !store.contains_key(key) && store.len() >= limits.keys {
        return Err(InsertError::TooManyKeys { most: limits.keys });
    }
    let others = store.iter().filter(|(name, _)| *name != key);
    let used: usize = others.map(|(name, value)| name.len() + value.len()).sum();
    let free = limits.bytes.saturating_sub(used);
    if key.len() + value.len() > free {
        return Err(InsertError::OutOfSpace { free });
    }
    Ok(store.insert(key.to_string(), value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { keys: 2, bytes: 10 };

    fn store(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_string()))
            .collect()
    }

    #[test]
    fn a_full_store_still_replaces_values() {
        let mut full = store(&[("a", "1"), ("b", "2")]);
        let expected = InsertError::TooManyKeys { most: 2 };
        assert_eq!(insert_limited(&mut full, &LIMITS, "c", "3"), Err(expected));
        assert_eq!(
            insert_limited(&mut full, &LIMITS, "a", "9"),
            Ok(Some("1".to_string()))
        );
        assert_eq!(full, store(&[("a", "9"), ("b", "2")]));
    }

    #[test]
    fn keys_and_values_share_the_space() {
        let mut half = store(&[("a", "1234")]);
        let expected = InsertError::OutOfSpace { free: 5 };
        assert_eq!(
            insert_limited(&mut half, &LIMITS, "b", "12345"),
            Err(expected)
        );
        assert_eq!(insert_limited(&mut half, &LIMITS, "b", "1234"), Ok(None));
        // The old four bytes are free for the new value, but no more than those.
        let expected = InsertError::OutOfSpace { free: 5 };
        assert_eq!(
            insert_limited(&mut half, &LIMITS, "b", "12345"),
            Err(expected)
        );
    }
}
