//! family: futures
//! split: train

use std::future::{poll_fn, Future};
use std::task::Poll;

/// Polls `future` at most `budget` times and gives up with `None` when it is still pending then.
/// A budget of zero never polls.
pub async fn with_poll_budget<F: Future>(future: F, budget: u32) -> Option<F::Output> {
    tokio::pin!(future);
    let mut used = 0;
    poll_fn(|context| {
        if used >= budget {
            return Poll::Ready(None);
        }
        used += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if used == budget => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::task::yield_now;

    async fn yielding(times: u32) -> u32 {
        for _ in 0..times {
            yield_now().await;
        }
        times
    }

    #[tokio::test]
    async fn a_budget_of_zero_does_not_even_start() {
        let mut started = false;
        let result = with_poll_budget(async { started = true }, 0).await;
        assert_eq!((result, started), (None, false));
    }

    #[tokio::test]
    async fn a_future_that_nobody_wakes_is_given_up_at_once() {
        // It returns within the first poll: after it nothing would call again.
        assert_eq!(
            with_poll_budget(std::future::pending::<()>(), 1).await,
            None
        );
    }

    proptest! {
        #[test]
        fn a_future_that_yields_needs_one_poll_more_than_it_yields(
            times in 0u32..10,
            budget in 0u32..12,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let result = runtime.block_on(with_poll_budget(yielding(times), budget));
            prop_assert_eq!(result, (budget > times).then_some(times));
        }
    }
}
