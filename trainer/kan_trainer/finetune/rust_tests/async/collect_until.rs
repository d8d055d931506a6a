//! family: select
//! split: train

use tokio::sync::mpsc::Receiver;
use tokio::time::{sleep_until, Instant};

/// Collects messages up to `deadline`, at most `limit`; ends early when the channel closes.
pub async fn collect_until<T>(source: &mut Receiver<T>, deadline: Instant, limit: usize) -> Vec<T> {
    let mut collected = Vec::new();
    let expiry = sleep_until(deadline);
    tokio::pin!(expiry);
    while collected.len() < limit {
        tokio::select! {
            biased;
            () = &mut expiry => break,
            message = source.recv() => match message {
                Some(message) => collected.push(message),
                None => break,
            },
        }
    }
    collected
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::time::Duration;
    use tokio::sync::mpsc;
    use tokio::time::sleep;

    fn every_ten_millis(count: u32) -> Receiver<u32> {
        let (sender, receiver) = mpsc::channel(16);
        tokio::spawn(async move {
            for number in 0..count {
                sleep(Duration::from_millis(10)).await;
                if sender.send(number).await.is_err() {
                    break;
                }
            }
        });
        receiver
    }

    fn in_millis(millis: u64) -> Instant {
        Instant::now() + Duration::from_millis(millis)
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_ends_the_collection() {
        let mut source = every_ten_millis(9);
        assert_eq!(
            collect_until(&mut source, in_millis(35), 9).await,
            [0, 1, 2]
        );
        // What came later is still there for the next call.
        assert_eq!(collect_until(&mut source, in_millis(10), 9).await, [3]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_ends_it_before_the_deadline() {
        let start = Instant::now();
        let mut source = every_ten_millis(9);
        assert_eq!(collect_until(&mut source, in_millis(500), 2).await, [0, 1]);
        assert_eq!(start.elapsed(), Duration::from_millis(20));
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_channel_is_not_waited_for() {
        let start = Instant::now();
        let mut source = every_ten_millis(1);
        assert_eq!(collect_until(&mut source, in_millis(500), 5).await, [0]);
        assert!(start.elapsed() < Duration::from_millis(500));
    }
}
