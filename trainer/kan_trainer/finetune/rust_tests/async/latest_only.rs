//! family: cancellation
//! split: train

use std::future::Future;
use tokio::task::JoinHandle;

/// Runs only the newest of several tasks: each new one replaces the one before.
pub struct LatestOnly<T> {
    current: Option<JoinHandle<T>>,
    pub replaced: usize,
}

impl<T: Send + 'static> LatestOnly<T> {
    /// Makes it without a task.
    pub fn new() -> Self {
        LatestOnly {
            current: None,
            replaced: 0,
        }
    }

    /// Starts a task; one that still runs is aborted and counted in `replaced`.
    pub fn start(&mut self, task: impl Future<Output = T> + Send + 'static) {
        if let Some(previous) = self.current.replace(tokio::spawn(task)) {
            if !previous.is_finished() {
                previous.abort();
                self.replaced += 1;
            }
        }
    }

    /// Waits for the newest task; `None` where there is none or it panicked.
    pub async fn finish(&mut self) -> Option<T> {
        self.current.take()?.await.ok()
    }
}

impl<T: Send + 'static> Default for LatestOnly<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::sync::Arc;
    use tokio::task::yield_now;

    #[tokio::test]
    async fn only_the_newest_task_comes_to_its_end() {
        let ended = Arc::new(AtomicUsize::new(0));
        let mut latest = LatestOnly::new();
        for number in 1..=3 {
            let ended = ended.clone();
            latest.start(async move {
                yield_now().await;
                ended.fetch_add(1, SeqCst);
                number
            });
        }
        assert_eq!(latest.finish().await, Some(3));
        assert_eq!((latest.replaced, ended.load(SeqCst)), (2, 1));
    }

    #[tokio::test]
    async fn a_task_that_has_ended_is_not_replaced() {
        let mut latest = LatestOnly::default();
        latest.start(async { 'a' });
        // Now the first one runs to its end.
        yield_now().await;
        latest.start(async { 'b' });
        assert_eq!(latest.replaced, 0);
        assert_eq!(latest.finish().await, Some('b'));
    }

    #[tokio::test]
    async fn without_a_task_nothing_can_finish() {
        // A panic leaves no output, and finishing takes the task away.
        let mut latest = LatestOnly::<u8>::new();
        assert_eq!(latest.finish().await, None);
        latest.start(async { panic!("broken") });
        assert_eq!(latest.finish().await, None);
        assert_eq!(latest.finish().await, None);
    }
}
