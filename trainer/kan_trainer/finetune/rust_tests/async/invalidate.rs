//! family: caches
//! split: train

use std::collections::BTreeMap;
use tokio::sync::RwLock;

/// Removes all entries below the path `prefix`: the path itself and whatever continues it after
/// a slash. Returns how many were removed.
pub async fn invalidate(cache: &RwLock<BTreeMap<String, u32>>, prefix: &str) -> usize {
    let mut entries = cache.write().await;
    let before = entries.len();
    entries.retain(|path, _| match path.strip_prefix(prefix) {
        Some(rest) => !rest.is_empty() && !rest.starts_with('/'),
        None => true,
    });
    before - entries.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cache(paths: &[&str]) -> RwLock<BTreeMap<String, u32>> {
        RwLock::new(paths.iter().map(|path| (path.to_string(), 0)).collect())
    }

    #[tokio::test]
    async fn a_path_and_what_lies_below_it_goes() {
        let cache = cache(&["a", "a/b", "a/b/c", "d"]);
        assert_eq!(invalidate(&cache, "a").await, 3);
        assert!(cache.into_inner().into_keys().eq(["d"]));
    }

    #[tokio::test]
    async fn a_longer_name_is_another_path() {
        // "ab" begins with "a", but does not lie below it.
        let cache = cache(&["ab", "b/a"]);
        assert_eq!(invalidate(&cache, "a").await, 0);
        assert_eq!(cache.into_inner().len(), 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_counted_is_what_is_missing(
            paths in prop::collection::btree_set("[ab](/[ab]){0,2}", 0..8),
            prefix in "[ab](/[ab])?",
        ) {
            let all: Vec<&str> = paths.iter().map(String::as_str).collect();
            let cache = cache(&all);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let removed = runtime.block_on(invalidate(&cache, &prefix));
            let kept = cache.into_inner();
            prop_assert_eq!(kept.len() + removed, paths.len());
            prop_assert!(!kept.contains_key(&prefix));
        }
    }
}
