//! family: cancellation
//! split: train

use std::future::Future;
use tokio::sync::watch;

/// Tells many tasks to stop; clones share the same state.
#[derive(Clone)]
pub struct CancelToken {
    state: std::sync::Arc<watch::Sender<bool>>,
}

impl CancelToken {
    /// Makes a token that is not cancelled.
    pub fn new() -> Self {
        let (sender, _) = watch::channel(false);
        CancelToken {
            state: sender.into(),
        }
    }

    /// Cancels; `false` if that was done before.
    pub fn cancel(&self) -> bool {
        !self.state.send_replace(true)
    }

    /// Runs `work` until its end, or until the token is cancelled: then `None`.
    pub async fn run<F: Future>(&self, work: F) -> Option<F::Output> {
        let mut state = self.state.subscribe();
        let cancelled = async {
            while !*state.borrow_and_update() {
                let _ = state.changed().await;
            }
        };
        tokio::select! {
            biased;
            () = cancelled => None,
            output = work => Some(output),
        }
    }
}

impl Default for CancelToken {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::task::yield_now;

    #[tokio::test]
    async fn work_that_ends_returns_its_output() {
        assert_eq!(CancelToken::new().run(async { 5 }).await, Some(5));
    }

    #[tokio::test]
    async fn a_cancelled_token_starts_no_work() {
        // The branches are biased: the token is looked at first.
        let token = CancelToken::default();
        let mut started = false;
        assert!(token.cancel());
        assert_eq!(token.run(async { started = true }).await, None);
        assert!(!started);
    }

    #[tokio::test]
    async fn cancelling_ends_the_work_of_every_clone() {
        let token = CancelToken::new();
        let tasks = [token.clone(), token.clone()].map(|token| {
            tokio::spawn(async move { token.run(std::future::pending::<()>()).await })
        });
        yield_now().await;
        assert!(tasks.iter().all(|task| !task.is_finished()));
        token.cancel();
        for task in tasks {
            assert_eq!(task.await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn only_the_first_to_cancel_is_told_so() {
        let token = CancelToken::new();
        assert!(token.clone().cancel());
        assert!(!token.cancel());
    }
}
