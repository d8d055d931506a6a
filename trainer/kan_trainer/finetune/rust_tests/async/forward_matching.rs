//! family: channels
//! split: train

use tokio::sync::mpsc::{Receiver, Sender};

/// Forwards the messages that satisfy `wanted` until `source` is closed or `target` has no
/// receiver any more; returns how many were delivered.
pub async fn forward_matching<T>(
    mut source: Receiver<T>,
    target: Sender<T>,
    wanted: impl Fn(&T) -> bool,
) -> usize {
    let mut delivered = 0;
    while let Some(message) = source.recv().await {
        if !wanted(&message) {
            continue;
        }
        if target.send(message).await.is_err() {
            break;
        }
        delivered += 1;
    }
    delivered
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::sync::mpsc;

    async fn even_of(numbers: &[i32]) -> (usize, Vec<i32>) {
        let (sender, source) = mpsc::channel(32);
        let (target, mut output) = mpsc::channel(32);
        for number in numbers {
            sender.send(*number).await.unwrap();
        }
        drop(sender);
        let count = forward_matching(source, target, |number| number % 2 == 0).await;
        let mut seen = Vec::new();
        while let Some(number) = output.recv().await {
            seen.push(number);
        }
        (count, seen)
    }

    #[tokio::test]
    async fn only_the_wanted_messages_pass() {
        assert_eq!(even_of(&[1, 2, 3, 4, 6]).await, (3, vec![2, 4, 6]));
    }

    #[tokio::test]
    async fn nothing_wanted_means_nothing_delivered() {
        assert_eq!(even_of(&[1, 3]).await, (0, vec![]));
    }

    #[tokio::test]
    async fn it_ends_when_the_receiver_has_gone() {
        let (sender, source) = mpsc::channel(4);
        let (target, output) = mpsc::channel(4);
        drop(output);
        sender.send(2).await.unwrap();
        // The sender is still alive: only the missing receiver can end the loop.
        assert_eq!(forward_matching(source, target, |_| true).await, 0);
        assert!(sender.is_closed());
    }
}
