//! family: channels
//! split: train

use std::collections::BTreeMap;
use tokio::sync::mpsc::{Receiver, Sender};

/// Receives numbered messages in any order and sends them on in the order 0, 1, 2 …; returns
/// how many were held back for ever because an earlier one never came.
pub async fn restore_order<T>(mut source: Receiver<(u64, T)>, target: Sender<T>) -> usize {
    let mut next = 0;
    let mut waiting = BTreeMap::new();
    while let Some((number, message)) = source.recv().await {
        if number >= next {
            waiting.insert(number, message);
        }
        while let Some(message) = waiting.remove(&next) {
            next += 1;
            if target.send(message).await.is_err() {
                return waiting.len();
            }
        }
    }
    waiting.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::runtime::Builder;
    use tokio::sync::mpsc;

    fn ordered(numbers: &[u64]) -> (usize, Vec<u64>) {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (sender, source) = mpsc::channel(32);
            let (target, mut output) = mpsc::channel(32);
            for number in numbers {
                sender.send((*number, *number)).await.unwrap();
            }
            drop(sender);
            let held = restore_order(source, target).await;
            let mut seen = Vec::new();
            while let Some(number) = output.recv().await {
                seen.push(number);
            }
            (held, seen)
        })
    }

    #[test]
    fn what_comes_after_a_gap_is_held_back() {
        assert_eq!(ordered(&[0, 2, 3, 5]), (3, vec![0]));
    }

    #[test]
    fn a_number_that_was_already_delivered_is_ignored() {
        assert_eq!(ordered(&[0, 1, 0, 1, 2]), (0, vec![0, 1, 2]));
    }

    #[tokio::test]
    async fn a_receiver_that_has_gone_ends_the_work() {
        let (sender, source) = mpsc::channel(4);
        let (target, output) = mpsc::channel::<char>(4);
        drop(output);
        sender.send((1, 'b')).await.unwrap();
        sender.send((0, 'a')).await.unwrap();
        // 'a' was taken out and lost, 'b' still waits.
        assert_eq!(restore_order(source, target).await, 1);
    }

    proptest! {
        #[test]
        fn every_permutation_comes_out_sorted(
            numbers in Just((0u64..10).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            prop_assert_eq!(ordered(&numbers), (0, (0..10).collect()));
        }
    }
}
