//! family: select
//! split: train

use tokio::sync::mpsc::Receiver;

/// Receives from both channels until both are closed; messages that wait on the left are taken
/// before those on the right.
pub async fn merge_two<T>(mut left: Receiver<T>, mut right: Receiver<T>) -> Vec<T> {
    let mut merged = Vec::new();
    loop {
        let message = tokio::select! {
            biased;
            Some(message) = left.recv() => message,
            Some(message) = right.recv() => message,
            else => return merged,
        };
        merged.push(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::runtime::Builder;
    use tokio::sync::mpsc;

    async fn filled(numbers: &[i32]) -> Receiver<i32> {
        let (sender, receiver) = mpsc::channel(16);
        for number in numbers {
            sender.send(*number).await.unwrap();
        }
        receiver
    }

    #[tokio::test]
    async fn two_closed_channels_end_it_at_once() {
        // Neither branch matches, which leaves `else`.
        assert!(merge_two(filled(&[]).await, filled(&[]).await)
            .await
            .is_empty());
    }

    #[tokio::test]
    async fn one_closed_channel_does_not_stop_the_other() {
        let (sender, left) = mpsc::channel(4);
        let merged = tokio::spawn(merge_two(left, filled(&[]).await));
        sender.send(5).await.unwrap();
        sender.send(6).await.unwrap();
        drop(sender);
        assert_eq!(merged.await.unwrap(), [5, 6]);
    }

    proptest! {
        #[test]
        fn what_waits_on_the_left_comes_first(
            left in prop::collection::vec(any::<i32>(), 0..8),
            right in prop::collection::vec(any::<i32>(), 0..8),
        ) {
            let merged = Builder::new_current_thread().build().unwrap().block_on(async {
                merge_two(filled(&left).await, filled(&right).await).await
            });
            prop_assert_eq!(merged, [left, right].concat());
        }
    }
}
