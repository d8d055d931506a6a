//! family: select
//! split: train

use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::sleep;

/// Receives until the channel closes and counts how often it stayed silent for `patience`.
/// Returns the messages received and the number of silences.
pub async fn count_silences(mut source: Receiver<u32>, patience: Duration) -> (usize, usize) {
    let (mut received, mut silences) = (0, 0);
    loop {
        tokio::select! {
            biased;
            message = source.recv() => match message {
                Some(_) => received += 1,
                None => return (received, silences),
            },
            () = sleep(patience) => silences += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::sync::mpsc;

    async fn with_gaps(gaps: Vec<u64>) -> (usize, usize) {
        let (sender, source) = mpsc::channel(1);
        tokio::spawn(async move {
            for gap in gaps {
                sleep(Duration::from_millis(gap)).await;
                sender.send(0).await.unwrap();
            }
        });
        count_silences(source, Duration::from_millis(10)).await
    }

    #[tokio::test(start_paused = true)]
    async fn quick_messages_leave_no_silence() {
        assert_eq!(with_gaps(vec![9, 9, 9]).await, (3, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_gap_holds_several_silences() {
        assert_eq!(with_gaps(vec![35]).await, (1, 3));
    }

    #[tokio::test(start_paused = true)]
    async fn every_message_starts_the_patience_anew() {
        // 9 + 9 is more than the patience, but no single gap is.
        assert_eq!(with_gaps(vec![9, 9, 15]).await, (3, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_channel_ends_it_at_once() {
        assert_eq!(with_gaps(vec![]).await, (0, 0));
    }
}
