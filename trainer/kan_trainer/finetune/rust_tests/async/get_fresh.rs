//! family: caches
//! split: train

use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::RwLock;
use tokio::time::Instant;

/// Values with the moment at which each was stored.
pub type Dated = RwLock<HashMap<&'static str, (Instant, i32)>>;

/// Returns the value of `key` if it is younger than `lifetime`; an older one is removed.
pub async fn get_fresh(cache: &Dated, key: &str, lifetime: Duration) -> Option<i32> {
    let (stored_at, value) = cache.read().await.get(key).copied()?;
    if stored_at.elapsed() < lifetime {
        return Some(value);
    }
    let mut entries = cache.write().await;
    // Somebody may have stored a newer value between the two locks.
    if entries.get(key).is_some_and(|entry| entry.0 == stored_at) {
        entries.remove(key);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::time::advance;

    const MINUTE: Duration = Duration::from_secs(60);

    fn cache() -> Dated {
        RwLock::new(HashMap::from([("a", (Instant::now(), 1))]))
    }

    #[tokio::test(start_paused = true)]
    async fn a_young_value_is_returned_and_stays() {
        let cache = cache();
        advance(Duration::from_secs(59)).await;
        assert_eq!(get_fresh(&cache, "a", MINUTE).await, Some(1));
        assert_eq!(cache.read().await.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn at_the_end_of_its_lifetime_a_value_is_removed() {
        let cache = cache();
        advance(MINUTE).await;
        assert_eq!(get_fresh(&cache, "a", MINUTE).await, None);
        assert!(cache.read().await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_unknown_key_has_no_value() {
        assert_eq!(get_fresh(&cache(), "b", MINUTE).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_value_renewed_in_between_is_kept() {
        let cache = cache();
        advance(MINUTE).await;
        let mut writing = cache.write().await;
        let (old, ()) = tokio::join!(get_fresh(&cache, "a", MINUTE), async move {
            // The reader waits for this lock to be given back.
            writing.insert("a", (Instant::now(), 2));
        });
        assert_eq!(old, Some(2));
        assert_eq!(cache.read().await["a"].1, 2);
    }
}
