//! family: futures
//! split: train

use std::future::{poll_fn, Future};
use std::task::Poll;

/// Polls both futures until both are ready; neither is polled again after it was.
pub async fn join_pair<A: Future, B: Future>(left: A, right: B) -> (A::Output, B::Output) {
    tokio::pin!(left, right);
    let (mut left_done, mut right_done) = (None, None);
    poll_fn(|context| {
        if left_done.is_none() {
            if let Poll::Ready(output) = left.as_mut().poll(context) {
                left_done = Some(output);
            }
        }
        if right_done.is_none() {
            if let Poll::Ready(output) = right.as_mut().poll(context) {
                right_done = Some(output);
            }
        }
        match (left_done.take(), right_done.take()) {
            (Some(left), Some(right)) => Poll::Ready((left, right)),
            (left, right) => {
                (left_done, right_done) = (left, right);
                Poll::Pending
            }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::time::Duration;
    use tokio::time::{sleep, Instant};

    async fn after(millis: u64) -> u64 {
        sleep(Duration::from_millis(millis)).await;
        millis
    }

    #[tokio::test(start_paused = true)]
    async fn both_run_at_the_same_time() {
        let start = Instant::now();
        assert_eq!(join_pair(after(20), after(30)).await, (20, 30));
        assert_eq!(join_pair(after(30), after(20)).await, (30, 20));
        assert_eq!(start.elapsed(), Duration::from_millis(60));
    }

    #[tokio::test]
    async fn two_ready_futures_need_no_second_poll() {
        let outputs = join_pair(std::future::ready('a'), std::future::ready("b"));
        assert_eq!(outputs.await, ('a', "b"));
    }

    #[tokio::test]
    async fn what_is_ready_is_not_polled_again() {
        // An async block panics when it is polled after its end.
        let quick = async { 1 };
        let slow = async {
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            2
        };
        assert_eq!(join_pair(quick, slow).await, (1, 2));
    }
}
