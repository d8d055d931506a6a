//! family: retry
//! split: test

use std::time::Duration;
use tokio::time::Instant;

/// Stops calling a service that keeps failing: after `threshold` failures in a row no call is
/// allowed for `pause`, and then a single one on trial.
pub struct CircuitBreaker {
    pub threshold: u32,
    pub pause: Duration,
    failures: u32,
    opened_at: Option<Instant>,
}

impl CircuitBreaker {
    /// Makes a breaker that lets all calls through.
    pub fn new(threshold: u32, pause: Duration) -> Self {
        CircuitBreaker {
            threshold,
            pause,
            failures: 0,
            opened_at: None,
        }
    }

    /// Whether a call may be made now; a trial call starts the pause anew.
    pub fn allows(&mut self) -> bool {
        match self.opened_at {
            None => true,
            Some(opened_at) if opened_at.elapsed() >= self.pause => {
                self.opened_at = Some(Instant::now());
                true
            }
            Some(_) => false,
        }
    }

    /// Notes how a call ended.
    pub fn record(&mut self, succeeded: bool) {
        if succeeded {
            self.failures = 0;
            self.opened_at = None;
            return;
        }
        self.failures += 1;
        if self.failures >= self.threshold {
            self.opened_at = Some(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::time::advance;

    const PAUSE: Duration = Duration::from_secs(5);

    fn broken() -> CircuitBreaker {
        let mut breaker = CircuitBreaker::new(2, PAUSE);
        breaker.record(false);
        breaker.record(false);
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_at_the_threshold() {
        let mut breaker = CircuitBreaker::new(2, PAUSE);
        breaker.record(false);
        assert!(breaker.allows());
        breaker.record(false);
        assert!(!breaker.allows());
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_in_between_forgets_the_failures() {
        // Two failures in all, but not in a row.
        let mut breaker = CircuitBreaker::new(2, PAUSE);
        breaker.record(false);
        breaker.record(true);
        breaker.record(false);
        assert!(breaker.allows());
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_pause_a_single_trial_is_allowed() {
        let mut breaker = broken();
        advance(PAUSE - Duration::from_millis(1)).await;
        assert!(!breaker.allows());
        advance(Duration::from_millis(1)).await;
        assert!(breaker.allows());
        // The next has to wait until the trial has ended or another pause is over.
        assert!(!breaker.allows());
        breaker.record(true);
        assert!(breaker.allows());
    }
}
