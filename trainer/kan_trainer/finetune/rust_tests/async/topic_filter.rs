//! family: broadcast
//! split: test

use tokio::sync::broadcast::Receiver;

/// Whether a topic such as `home/kitchen/heat` matches a filter, in which `+` stands for any one
/// part and a `#` at the end for any number of parts, also none.
pub fn topic_matches(filter: &str, topic: &str) -> bool {
    let mut parts = topic.split('/');
    for wanted in filter.split('/') {
        if wanted == "#" {
            return true;
        }
        match parts.next() {
            Some(part) if wanted == "+" || wanted == part => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

/// Waits for the next value whose topic matches; `None` when the channel closes or lags.
pub async fn next_on(source: &mut Receiver<(&'static str, i32)>, filter: &str) -> Option<i32> {
    loop {
        let (topic, value) = source.recv().await.ok()?;
        if topic_matches(filter, topic) {
            return Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::broadcast;

    #[test]
    fn a_plus_stands_for_one_part() {
        assert!(topic_matches("a/+/c", "a/b/c"));
        assert!(!topic_matches("a/+", "a/b/c"));
        assert!(!topic_matches("a/+", "a"));
        assert!(!topic_matches("a/+/c", "a/b/d"));
    }

    #[test]
    fn a_hash_stands_for_the_rest() {
        assert!(topic_matches("a/#", "a/b/c"));
        // Even for no part at all.
        assert!(topic_matches("a/#", "a"));
        assert!(!topic_matches("a/#", "b/a"));
    }

    #[tokio::test]
    async fn values_of_other_topics_are_passed_over() {
        let (sender, mut source) = broadcast::channel(8);
        for message in [("a/x", 1), ("b/x", 2), ("a/y", 3), ("b/y", 4)] {
            sender.send(message).unwrap();
        }
        drop(sender);
        assert_eq!(next_on(&mut source, "b/+").await, Some(2));
        assert_eq!(next_on(&mut source, "b/y").await, Some(4));
        assert_eq!(next_on(&mut source, "#").await, None);
    }

    proptest! {
        #[test]
        fn a_topic_matches_itself_and_nothing_longer(topic in "[a-c]{0,2}(/[a-c]{0,2}){0,3}") {
            let longer = format!("{topic}/x");
            prop_assert!(topic_matches(&topic, &topic));
            prop_assert!(!topic_matches(&topic, &longer));
            prop_assert!(!topic_matches(&longer, &topic));
        }
    }
}
