//! family: caches
//! split: train

use std::collections::HashMap;
use tokio::sync::RwLock;

/// Returns the cached length of `word` and whether it was already there. Readers share the
/// lock; only a missing word takes it for writing, and looks again before it measures.
pub async fn cached_length(cache: &RwLock<HashMap<String, usize>>, word: &str) -> (usize, bool) {
    if let Some(length) = cache.read().await.get(word) {
        return (*length, true);
    }
    let mut lengths = cache.write().await;
    if let Some(length) = lengths.get(word) {
        return (*length, true);
    }
    let length = word.chars().count();
    lengths.insert(word.to_string(), length);
    (length, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_look_finds_what_the_first_one_stored() {
        let cache = RwLock::default();
        assert_eq!(cached_length(&cache, "tokio").await, (5, false));
        assert_eq!(cached_length(&cache, "tokio").await, (5, true));
    }

    #[tokio::test]
    async fn a_cached_value_is_not_computed_again() {
        let cache = RwLock::new(HashMap::from([("ab".to_string(), 99)]));
        assert_eq!(cached_length(&cache, "ab").await, (99, true));
    }

    #[tokio::test]
    async fn characters_are_counted_and_not_bytes() {
        assert_eq!(cached_length(&RwLock::default(), "größe").await, (5, false));
    }

    #[tokio::test]
    async fn two_readers_at_once_measure_only_one_time() {
        let cache = RwLock::default();
        let writing = cache.write().await;
        let (first, second, ()) = tokio::join!(
            cached_length(&cache, "same"),
            cached_length(&cache, "same"),
            // Both wait to read, and will both look in vain.
            async { drop(writing) }
        );
        assert_eq!([first.0, second.0], [4, 4]);
        assert_ne!(first.1, second.1);
    }
}
