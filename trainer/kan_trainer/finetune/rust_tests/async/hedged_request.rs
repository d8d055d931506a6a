//! family: timeouts
//! split: test

use std::future::Future;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Sends a request, and one more each time that nobody has answered for `patience`, at most
/// `most` in all; the first answer wins. Returns it with the number of requests that were sent.
pub async fn hedged<T, F>(
    request: impl Fn(u32) -> F,
    patience: Duration,
    most: u32,
) -> Option<(T, u32)>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let mut running = JoinSet::new();
    for sent in 1..=most {
        running.spawn(request(sent));
        if sent == most {
            let answer = running.join_next().await?.ok()?;
            return Some((answer, sent));
        }
        if let Ok(Some(Ok(answer))) = timeout(patience, running.join_next()).await {
            return Some((answer, sent));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::time::{sleep, Instant};

    /// The `n`-th request answers `n` after the `n`-th number of milliseconds.
    async fn run(lengths: &'static [u64]) -> (Option<(u32, u32)>, u128) {
        let start = Instant::now();
        let request = |number: u32| {
            let length = Duration::from_millis(lengths[number as usize - 1]);
            async move {
                sleep(length).await;
                number
            }
        };
        let answer = hedged(request, Duration::from_millis(50), lengths.len() as u32).await;
        (answer, start.elapsed().as_millis())
    }

    #[tokio::test(start_paused = true)]
    async fn a_quick_answer_needs_no_second_request() {
        assert_eq!(run(&[49, 0]).await, (Some((1, 1)), 49));
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_request_may_overtake() {
        assert_eq!(run(&[200, 30, 0]).await, (Some((2, 2)), 80));
        assert_eq!(run(&[200, 200, 5]).await, (Some((3, 3)), 105));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_request_goes_on_and_may_still_win() {
        // It answers ten milliseconds after the second was sent.
        assert_eq!(run(&[60, 30]).await, (Some((1, 2)), 60));
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_request_is_waited_for_without_a_limit() {
        assert_eq!(run(&[900]).await, (Some((1, 1)), 900));
        // No request at all has no answer.
        assert_eq!(run(&[]).await, (None, 0));
    }
}
