//! family: cancellation
//! split: train

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what is running, finished and cancelled.
#[derive(Default)]
pub struct Tracker {
    pub running: AtomicUsize,
    pub finished: AtomicUsize,
    pub cancelled: AtomicUsize,
}

struct Guard<'a> {
    tracker: &'a Tracker,
    done: bool,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.tracker.running.fetch_sub(1, Ordering::Relaxed);
        if !self.done {
            self.tracker.cancelled.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Tracker {
    /// Runs `work` and counts it, even when it is dropped halfway.
    pub async fn track<F: Future>(&self, work: F) -> F::Output {
        self.running.fetch_add(1, Ordering::Relaxed);
        let mut guard = Guard {
            tracker: self,
            done: false,
        };
        let output = work.await;
        guard.done = true;
        self.finished.fetch_add(1, Ordering::Relaxed);
        output
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(tracker: &Tracker) -> [usize; 3] {
        [&tracker.running, &tracker.finished, &tracker.cancelled].map(|n| n.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn work_that_ends_is_finished() {
        let tracker = Tracker::default();
        assert_eq!(tracker.track(async { 'x' }).await, 'x');
        assert_eq!(counts(&tracker), [0, 1, 0]);
    }

    #[tokio::test]
    async fn work_that_is_dropped_is_cancelled() {
        let tracker = Tracker::default();
        tokio::select! {
            biased;
            () = tracker.track(std::future::pending()) => unreachable!(),
            running = async { counts(&tracker) } => assert_eq!(running, [1, 0, 0]),
        }
        // The loser was dropped.
        assert_eq!(counts(&tracker), [0, 0, 1]);
    }

    #[tokio::test]
    async fn work_that_never_started_is_not_counted() {
        let tracker = Tracker::default();
        // The future is dropped before its first poll.
        drop(tracker.track(async {}));
        assert_eq!(counts(&tracker), [0, 0, 0]);
    }
}
