//! family: channels
//! split: train

use tokio::sync::mpsc::{Receiver, Sender};

/// Hands the messages of `source` to `targets` in turn; a target without receiver is taken out
/// of the round. Returns the message that no target was left for.
pub async fn fan_out<T>(mut source: Receiver<T>, mut targets: Vec<Sender<T>>) -> Option<T> {
    let mut turn = 0;
    while let Some(mut message) = source.recv().await {
        loop {
            if targets.is_empty() {
                return Some(message);
            }
            turn %= targets.len();
            match targets[turn].send(message).await {
                Ok(()) => {
                    turn += 1;
                    break;
                }
                Err(refused) => {
                    message = refused.0;
                    targets.remove(turn);
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::sync::mpsc;

    fn waiting(receiver: &mut mpsc::Receiver<i32>) -> Vec<i32> {
        std::iter::from_fn(|| receiver.try_recv().ok()).collect()
    }

    async fn source(count: i32) -> mpsc::Receiver<i32> {
        let (sender, receiver) = mpsc::channel(16);
        for number in 0..count {
            sender.send(number).await.unwrap();
        }
        receiver
    }

    #[tokio::test]
    async fn each_target_gets_every_third_message() {
        let (senders, mut receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| mpsc::channel(8)).unzip();
        assert_eq!(fan_out(source(7).await, senders).await, None);
        assert_eq!(waiting(&mut receivers[0]), [0, 3, 6]);
        assert_eq!(waiting(&mut receivers[1]), [1, 4]);
        assert_eq!(waiting(&mut receivers[2]), [2, 5]);
    }

    #[tokio::test]
    async fn a_closed_target_loses_no_message() {
        let (open, mut receiver) = mpsc::channel(8);
        let (closed, gone) = mpsc::channel(8);
        drop(gone);
        // The closed one stands last, so that the turn has to wrap around after its removal.
        assert_eq!(fan_out(source(3).await, vec![open, closed]).await, None);
        assert_eq!(waiting(&mut receiver), [0, 1, 2]);
    }

    #[tokio::test]
    async fn without_a_target_the_message_comes_back() {
        assert_eq!(fan_out(source(2).await, vec![]).await, Some(0));
    }
}
