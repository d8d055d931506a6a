//! family: broadcast
//! split: test

use tokio::sync::broadcast::Sender;
use tokio::task::yield_now;

/// Publishes messages, each with time for the receivers to run after it, until nobody listens
/// any more. Returns how many receivers each message reached and how many were not published.
pub async fn publish_while_heard<T>(sender: &Sender<T>, messages: Vec<T>) -> (Vec<usize>, usize) {
    let total = messages.len();
    let mut audiences = Vec::new();
    for message in messages {
        let Ok(receivers) = sender.send(message) else {
            break;
        };
        audiences.push(receivers);
        yield_now().await;
    }
    let unheard = total - audiences.len();
    (audiences, unheard)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::broadcast;

    /// Publishes `count` messages to receivers that leave after so many messages.
    async fn publish(leaving: &[usize], count: usize) -> (Vec<usize>, usize) {
        let (sender, _) = broadcast::channel(16);
        for messages in leaving.iter().copied() {
            let mut receiver = sender.subscribe();
            tokio::spawn(async move {
                for _ in 0..messages {
                    let _ = receiver.recv().await;
                }
            });
        }
        publish_while_heard(&sender, (0..count).collect()).await
    }

    #[tokio::test]
    async fn a_receiver_that_leaves_is_missing_from_the_next_message_on() {
        // Only because the publisher yields do they get to leave.
        assert_eq!(publish(&[1, 9, 3], 5).await, (vec![3, 2, 2, 1, 1], 0));
    }

    #[tokio::test]
    async fn when_the_last_has_left_the_rest_is_not_published() {
        assert_eq!(publish(&[2], 5).await, (vec![1, 1], 3));
    }

    #[tokio::test]
    async fn without_receivers_nothing_is_published() {
        assert_eq!(publish(&[], 3).await, (vec![], 3));
        assert_eq!(publish(&[4], 0).await, (vec![], 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_audience_never_grows(
            leaving in prop::collection::vec(1usize..6, 0..4),
            count in 0usize..7,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (audiences, unheard) = runtime.block_on(publish(&leaving, count));
            prop_assert!(audiences.windows(2).all(|pair| pair[1] <= pair[0]));
            prop_assert_eq!(audiences.len(), count.min(leaving.iter().max().copied().unwrap_or(0)));
            prop_assert_eq!(audiences.len() + unheard, count);
        }
    }
}
