//! family: retry
//! split: test

use std::future::Future;
use std::time::Duration;
use tokio::time::sleep;

/// Calls `operation` until it succeeds, at most `attempts` times. Between two attempts it waits,
/// first for `pause` and then each time twice as long, but never longer than `longest`.
pub async fn retry_with_backoff<T, E, F>(
    mut operation: impl FnMut() -> F,
    attempts: u32,
    mut pause: Duration,
    longest: Duration,
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut attempt = 1;
    loop {
        match operation().await {
            Ok(value) => return Ok(value),
            Err(error) if attempt >= attempts => return Err(error),
            Err(_) => sleep(pause.min(longest)).await,
        }
        attempt += 1;
        pause *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::time::Instant;

    async fn run(attempts: u32, succeeds_at: u32) -> (Result<u32, u32>, u128) {
        let start = Instant::now();
        let mut calls = 0;
        let operation = || {
            calls += 1;
            std::future::ready(if calls == succeeds_at {
                Ok(calls)
            } else {
                Err(calls)
            })
        };
        let (pause, longest) = (Duration::from_millis(10), Duration::from_millis(35));
        let result = retry_with_backoff(operation, attempts, pause, longest).await;
        (result, start.elapsed().as_millis())
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_at_once_waits_for_nothing() {
        assert_eq!(run(3, 1).await, (Ok(1), 0));
    }

    #[tokio::test(start_paused = true)]
    async fn the_pauses_double_up_to_the_longest() {
        // 10 + 20 + 35 + 35: the third pause would be 40.
        assert_eq!(run(9, 5).await, (Ok(5), 100));
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_error_is_returned_without_another_pause() {
        assert_eq!(run(3, 9).await, (Err(3), 30));
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_attempt_still_counts() {
        // Zero attempts count as one.
        assert_eq!(run(2, 2).await, (Ok(2), 10));
        assert_eq!(run(0, 9).await, (Err(1), 0));
    }
}
