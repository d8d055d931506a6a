//! family: caches
//! split: train

use std::collections::VecDeque;
use tokio::sync::Mutex;

/// Marks `key` as just used in a list of the `capacity` most recently used keys, the newest at
/// the front. Returns the key that had to leave.
pub async fn touch_recent(recent: &Mutex<VecDeque<u32>>, capacity: usize, key: u32) -> Option<u32> {
    let mut keys = recent.lock().await;
    if let Some(index) = keys.iter().position(|known| *known == key) {
        keys.remove(index);
    }
    keys.push_front(key);
    if keys.len() > capacity {
        keys.pop_back()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[tokio::test]
    async fn the_key_that_was_longest_unused_leaves() {
        let recent = Mutex::new(VecDeque::from([3, 2, 1]));
        assert_eq!(touch_recent(&recent, 3, 4).await, Some(1));
        assert_eq!(recent.into_inner(), [4, 3, 2]);
    }

    #[tokio::test]
    async fn a_known_key_moves_to_the_front() {
        // The list is full, but nothing is added to it.
        let recent = Mutex::new(VecDeque::from([3, 2, 1]));
        assert_eq!(touch_recent(&recent, 3, 1).await, None);
        assert_eq!(recent.into_inner(), [1, 3, 2]);
    }

    #[tokio::test]
    async fn without_capacity_the_key_itself_leaves() {
        let recent = Mutex::default();
        assert_eq!(touch_recent(&recent, 0, 8).await, Some(8));
        assert!(recent.into_inner().is_empty());
    }

    proptest! {
        #[test]
        fn no_key_stands_twice_and_the_newest_stands_first(
            keys in prop::collection::vec(0u32..6, 1..20),
            capacity in 1usize..5,
        ) {
            let recent = Mutex::default();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            for key in &keys {
                runtime.block_on(touch_recent(&recent, capacity, *key));
            }
            let kept: Vec<u32> = recent.into_inner().into();
            let distinct: std::collections::HashSet<_> = keys.iter().collect();
            prop_assert_eq!(kept.first(), keys.last());
            prop_assert_eq!(kept.len(), distinct.len().min(capacity));
        }
    }
}
