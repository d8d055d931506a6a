//! family: broadcast
//! split: test

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::Receiver;

/// Receives until the channel closes; returns the messages, how many were missed because this
/// receiver was too slow, and in how many gaps.
pub async fn receive_counting_lag<T: Clone>(mut source: Receiver<T>) -> (Vec<T>, u64, usize) {
    let mut messages = Vec::new();
    let mut missed = 0;
    let mut gaps = 0;
    loop {
        match source.recv().await {
            Ok(message) => messages.push(message),
            Err(RecvError::Lagged(count)) => {
                missed += count;
                gaps += 1;
            }
            Err(RecvError::Closed) => return (messages, missed, gaps),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::broadcast;

    #[tokio::test]
    async fn a_receiver_that_keeps_up_misses_nothing() {
        let (sender, receiver) = broadcast::channel(4);
        sender.send('a').unwrap();
        sender.send('b').unwrap();
        drop(sender);
        assert_eq!(receive_counting_lag(receiver).await, (vec!['a', 'b'], 0, 0));
    }

    #[tokio::test]
    async fn two_gaps_are_added_up() {
        let (sender, receiver) = broadcast::channel(2);
        let receiving = tokio::spawn(receive_counting_lag(receiver));
        for round in 0..2 {
            for number in 0..5 {
                sender.send(round * 10 + number).unwrap();
            }
            // Only here does the receiver get its turn.
            tokio::task::yield_now().await;
        }
        drop(sender);
        assert_eq!(receiving.await.unwrap(), (vec![3, 4, 13, 14], 6, 2));
    }

    proptest! {
        #[test]
        fn the_newest_messages_are_those_that_stay(count in 0u64..20, exponent in 0u32..4) {
            // Powers of two, since the channel rounds its capacity up to one.
            let capacity = 1u64 << exponent;
            let (sender, receiver) = broadcast::channel(capacity as usize);
            (0..count).for_each(|number| drop(sender.send(number)));
            drop(sender);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let missed = count.saturating_sub(capacity);
            let expected = ((missed..count).collect(), missed, usize::from(missed > 0));
            prop_assert_eq!(runtime.block_on(receive_counting_lag(receiver)), expected);
        }
    }
}
