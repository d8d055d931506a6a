//! family: semaphores
//! split: test

use std::time::Duration;
use tokio::time::{sleep_until, Instant};

/// Spreads calls over time: one token comes every `interval`, and up to `burst` are saved. It
/// stores the moment at which the bucket will be full again.
pub struct TokenBucket {
    interval: Duration,
    burst: u32,
    full_at: Instant,
}

impl TokenBucket {
    /// Makes a full bucket.
    pub fn new(interval: Duration, burst: u32) -> Self {
        TokenBucket {
            interval,
            burst,
            full_at: Instant::now(),
        }
    }

    /// How many tokens can be taken now.
    pub fn available(&self) -> u32 {
        let missing = self.full_at.saturating_duration_since(Instant::now());
        let used = missing.as_nanos().div_ceil(self.interval.as_nanos());
        self.burst.saturating_sub(used as u32)
    }

    /// Waits until a token is there and takes it.
    pub async fn take(&mut self) {
        let saved = self.interval * (self.burst - 1);
        let start = self.full_at.max(Instant::now());
        if let Some(ready_at) = start.checked_sub(saved) {
            sleep_until(ready_at).await;
        }
        self.full_at = start + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::time::advance;

    const SECOND: Duration = Duration::from_secs(1);

    async fn taking(bucket: &mut TokenBucket, count: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..count {
            bucket.take().await;
        }
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_every_token_is_waited_for() {
        let mut bucket = TokenBucket::new(SECOND, 3);
        assert_eq!(taking(&mut bucket, 3).await, Duration::ZERO);
        assert_eq!(taking(&mut bucket, 2).await, 2 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_come_back_one_by_one() {
        // A token that has not come in whole does not count.
        let mut bucket = TokenBucket::new(SECOND, 3);
        taking(&mut bucket, 2).await;
        assert_eq!(bucket.available(), 1);
        advance(Duration::from_millis(999)).await;
        assert_eq!(bucket.available(), 1);
        advance(Duration::from_millis(1)).await;
        assert_eq!(bucket.available(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_is_saved_than_the_burst() {
        let mut bucket = TokenBucket::new(SECOND, 2);
        advance(60 * SECOND).await;
        assert_eq!(bucket.available(), 2);
        // A minute of silence gives no third token.
        assert_eq!(taking(&mut bucket, 3).await, SECOND);
        assert_eq!(bucket.available(), 0);
    }
}
