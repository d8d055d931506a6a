//! family: channels
//! split: train

use std::collections::BTreeMap;
use tokio::sync::mpsc::UnboundedReceiver;

/// Collects updates until the channel closes and keeps the newest version of every key; an
/// update that arrives late, with a lower or the same version, changes nothing.
pub async fn latest_per_key(
    mut updates: UnboundedReceiver<(String, u32, i64)>,
) -> BTreeMap<String, (u32, i64)> {
    let mut latest: BTreeMap<String, (u32, i64)> = BTreeMap::new();
    while let Some((key, version, value)) = updates.recv().await {
        let entry = latest.entry(key).or_insert((version, value));
        if version > entry.0 {
            *entry = (version, value);
        }
    }
    latest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::runtime::Builder;
    use tokio::sync::mpsc;

    fn latest(updates: &[(&str, u32, i64)]) -> BTreeMap<String, (u32, i64)> {
        let (sender, receiver) = mpsc::unbounded_channel();
        for (key, version, value) in updates {
            sender.send((key.to_string(), *version, *value)).unwrap();
        }
        drop(sender);
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(latest_per_key(receiver))
    }

    #[test]
    fn keys_do_not_disturb_each_other() {
        let found = latest(&[("a", 1, 10), ("b", 9, 20), ("a", 2, 11)]);
        assert_eq!(found.len(), 2);
        assert_eq!(found["a"], (2, 11));
        assert_eq!(found["b"], (9, 20));
    }

    #[test]
    fn of_two_with_the_same_version_the_first_stays() {
        // An update that was sent twice must not win over itself.
        assert_eq!(latest(&[("a", 3, 1), ("a", 3, 2)])["a"], (3, 1));
    }

    #[test]
    fn a_closed_channel_without_updates_gives_an_empty_map() {
        assert!(latest(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn the_highest_version_wins_in_any_order(
            versions in Just((1u32..8).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let updates: Vec<_> = versions.iter().map(|v| ("key", *v, i64::from(*v) * 2)).collect();
            prop_assert_eq!(latest(&updates)["key"], (7, 14));
        }
    }
}
