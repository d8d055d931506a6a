//! family: signals
//! split: train

use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

/// Lets tasks wait until a number of events has happened.
pub struct Latch {
    missing: AtomicUsize,
    opened: Notify,
}

impl Latch {
    /// Makes a latch that waits for `events`.
    pub fn new(events: usize) -> Self {
        Latch {
            missing: AtomicUsize::new(events),
            opened: Notify::new(),
        }
    }

    /// Notes an event and returns how many are missing still; more events than awaited are
    /// ignored.
    pub fn count_down(&self) -> usize {
        let less = |missing: usize| missing.checked_sub(1);
        let before = self
            .missing
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
        if before == Ok(1) {
            self.opened.notify_waiters();
        }
        before.map_or(0, |missing| missing - 1)
    }

    /// Waits until no event is missing.
    pub async fn wait(&self) {
        let opened = self.opened.notified();
        if self.missing.load(Ordering::Acquire) > 0 {
            opened.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::Arc;
    use tokio::task::yield_now;

    #[tokio::test]
    async fn all_wait_for_the_last_event() {
        let latch = Arc::new(Latch::new(2));
        let waiting = [latch.clone(), latch.clone()]
            .map(|latch| tokio::spawn(async move { latch.wait().await }));
        assert_eq!(latch.count_down(), 1);
        yield_now().await;
        assert!(waiting.iter().all(|task| !task.is_finished()));
        assert_eq!(latch.count_down(), 0);
        for task in waiting {
            task.await.unwrap();
        }
    }

    #[tokio::test]
    async fn who_comes_late_does_not_wait() {
        let latch = Latch::new(1);
        latch.count_down();
        latch.wait().await;
        // Nor does anybody at a latch without events.
        Latch::new(0).wait().await;
    }

    #[test]
    fn more_events_than_awaited_are_ignored() {
        let latch = Latch::new(2);
        let missing = [(); 4].map(|()| latch.count_down());
        assert_eq!(missing, [1, 0, 0, 0]);
    }
}
