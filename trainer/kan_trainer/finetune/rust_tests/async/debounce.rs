//! family: batching
//! split: train

use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

/// Waits for a message that is followed by silence for `quiet`, and returns it with the number
/// of messages before it that it replaced. `None` if the channel closes without a message.
pub async fn debounce<T>(source: &mut Receiver<T>, quiet: Duration) -> Option<(T, u32)> {
    let mut latest = source.recv().await?;
    let mut replaced = 0;
    while let Ok(Some(newer)) = timeout(quiet, source.recv()).await {
        latest = newer;
        replaced += 1;
    }
    Some((latest, replaced))
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::sync::mpsc;
    use tokio::time::sleep;

    async fn settled(pauses: Vec<u64>) -> Vec<(usize, u32)> {
        let (sender, mut source) = mpsc::channel(16);
        tokio::spawn(async move {
            for (number, pause) in pauses.into_iter().enumerate() {
                sleep(Duration::from_millis(pause)).await;
                sender.send(number).await.unwrap();
            }
        });
        let mut all = Vec::new();
        while let Some(message) = debounce(&mut source, Duration::from_millis(10)).await {
            all.push(message);
        }
        all
    }

    #[tokio::test(start_paused = true)]
    async fn messages_far_apart_all_count() {
        assert_eq!(settled(vec![0, 11, 11]).await, [(0, 0), (1, 0), (2, 0)]);
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_quick_series_the_last_stays() {
        assert_eq!(settled(vec![30, 9, 9, 20, 1]).await, [(2, 2), (4, 1)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_channel_that_closes_settles_at_once() {
        let start = tokio::time::Instant::now();
        assert_eq!(settled(vec![0]).await, [(0, 0)]);
        assert!(start.elapsed() < Duration::from_millis(5));
        // Without a message there is nothing to settle.
        assert_eq!(settled(vec![]).await, []);
    }
}
