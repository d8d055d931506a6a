//! family: broadcast
//! split: test

use tokio::sync::broadcast::Sender;

/// What a round of publishing achieved.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Published {
    pub deliveries: usize,
    pub unheard: usize,
}

/// Publishes the messages one after another and adds up how many receivers each one reached;
/// a message that reaches nobody is unheard. Lets the receivers run after each.
pub async fn publish_all<T>(
    sender: &Sender<T>,
    messages: impl IntoIterator<Item = T>,
) -> Published {
    let mut published = Published::default();
    for message in messages {
        match sender.send(message) {
            Ok(receivers) => published.deliveries += receivers,
            Err(_) => published.unheard += 1,
        }
        tokio::task::yield_now().await;
    }
    published
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::broadcast;

    #[tokio::test]
    async fn every_receiver_counts_for_every_message() {
        let (sender, mut first) = broadcast::channel(4);
        let _second = sender.subscribe();
        let expected = Published {
            deliveries: 6,
            unheard: 0,
        };
        assert_eq!(publish_all(&sender, ["a", "b", "c"]).await, expected);
        assert_eq!(first.recv().await, Ok("a"));
    }

    #[tokio::test]
    async fn a_receiver_that_leaves_halfway_hears_no_more() {
        let (sender, mut receiver) = broadcast::channel(4);
        tokio::spawn(async move {
            let _ = receiver.recv().await;
            let _ = receiver.recv().await;
        });
        // Only because the publisher yields does the receiver get to leave.
        let expected = Published {
            deliveries: 2,
            unheard: 3,
        };
        assert_eq!(publish_all(&sender, 0..5).await, expected);
    }

    proptest! {
        #[test]
        fn the_deliveries_are_messages_times_receivers(receivers in 0usize..4, count in 0usize..6) {
            let (sender, _) = broadcast::channel(8);
            let kept: Vec<_> = (0..receivers).map(|_| sender.subscribe()).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let published = runtime.block_on(publish_all(&sender, 0..count));
            prop_assert_eq!(published.deliveries, count * kept.len());
            prop_assert_eq!(published.unheard, if receivers == 0 { count } else { 0 });
        }
    }
}
