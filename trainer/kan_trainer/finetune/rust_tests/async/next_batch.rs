//! family: batching
//! split: train

use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::{timeout_at, Instant};

/// Waits for a message and then gathers more until there are `size`, or until `delay` has passed
/// since the first. `None` once the channel is closed and empty.
pub async fn next_batch<T>(
    source: &mut Receiver<T>,
    size: usize,
    delay: Duration,
) -> Option<Vec<T>> {
    let mut batch = vec![source.recv().await?];
    let deadline = Instant::now() + delay;
    while batch.len() < size {
        match timeout_at(deadline, source.recv()).await {
            Ok(Some(message)) => batch.push(message),
            Ok(None) | Err(_) => break,
        }
    }
    Some(batch)
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::sync::mpsc;
    use tokio::time::sleep;

    const DELAY: Duration = Duration::from_millis(10);

    /// Sends 0, 1, 2 … each after its pause in milliseconds, and gathers batches of three.
    async fn batches(pauses: Vec<u64>) -> Vec<Vec<usize>> {
        let (sender, mut source) = mpsc::channel(16);
        tokio::spawn(async move {
            for (number, pause) in pauses.into_iter().enumerate() {
                sleep(Duration::from_millis(pause)).await;
                sender.send(number).await.unwrap();
            }
        });
        let mut all = Vec::new();
        while let Some(batch) = next_batch(&mut source, 3, DELAY).await {
            all.push(batch);
        }
        all
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_batch_does_not_wait() {
        // The last one is cut short by the end of the channel.
        assert_eq!(
            batches(vec![1; 7]).await,
            [vec![0, 1, 2], vec![3, 4, 5], vec![6]]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_delay_counts_from_the_first_message() {
        // The third comes 12 milliseconds after the first, though only 6 after the second.
        assert_eq!(batches(vec![50, 6, 6]).await, [vec![0, 1], vec![2]]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_channel_gives_what_it_has() {
        let start = Instant::now();
        assert_eq!(batches(vec![1]).await, [[0]]);
        assert!(start.elapsed() < DELAY);
        assert!(batches(vec![]).await.is_empty());
    }
}
