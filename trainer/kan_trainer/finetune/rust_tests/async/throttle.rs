//! family: batching
//! split: train

use std::time::Duration;
use tokio::time::Instant;

/// Lets one event through in every `interval` and counts those held back in between.
pub struct Throttle {
    interval: Duration,
    last: Option<Instant>,
    suppressed: u32,
}

impl Throttle {
    /// Makes a throttle whose first event passes.
    pub fn new(interval: Duration) -> Self {
        Throttle {
            interval,
            last: None,
            suppressed: 0,
        }
    }

    /// Notes an event now: `Some` with the number held back since the last one that passed, or
    /// `None` if this one is held back too.
    pub fn event(&mut self) -> Option<u32> {
        if self.last.is_some_and(|last| last.elapsed() < self.interval) {
            self.suppressed += 1;
            return None;
        }
        self.last = Some(Instant::now());
        Some(std::mem::take(&mut self.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::time::advance;

    /// The answers to events that each come after a pause in milliseconds.
    async fn events(pauses: &[u64]) -> Vec<Option<u32>> {
        let mut throttle = Throttle::new(Duration::from_millis(10));
        let mut answers = Vec::new();
        for pause in pauses {
            advance(Duration::from_millis(*pause)).await;
            answers.push(throttle.event());
        }
        answers
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_event_passes_at_once() {
        assert_eq!(events(&[0]).await, [Some(0)]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_held_back_is_counted_at_the_next() {
        assert_eq!(events(&[0, 3, 3, 4]).await, [Some(0), None, None, Some(2)]);
        assert_eq!(events(&[0, 9, 9, 9]).await, [Some(0), None, Some(1), None]);
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_interval_an_event_passes() {
        // Ten milliseconds are enough, and the count starts again.
        assert_eq!(
            events(&[5, 10, 1, 10]).await,
            [Some(0), Some(0), None, Some(1)]
        );
    }
}
