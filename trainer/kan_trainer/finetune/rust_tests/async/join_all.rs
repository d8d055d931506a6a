//! family: futures
//! split: train

use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::task::Poll;

/// Polls the pending jobs until all are ready, and returns their outputs in order together with
/// the number of rounds that it took.
pub async fn join_all<F: Future>(jobs: impl IntoIterator<Item = F>) -> (Vec<F::Output>, usize) {
    let mut jobs: Vec<Pin<Box<F>>> = jobs.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = jobs.iter().map(|_| None).collect();
    let mut rounds = 0;
    poll_fn(|context| {
        rounds += 1;
        let mut missing = 0;
        for (job, output) in jobs.iter_mut().zip(&mut outputs) {
            if output.is_some() {
                continue;
            }
            match job.as_mut().poll(context) {
                Poll::Ready(ready) => *output = Some(ready),
                Poll::Pending => missing += 1,
            }
        }
        if missing > 0 {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    (outputs.into_iter().flatten().collect(), rounds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::runtime::Builder;

    async fn yielding(times: usize) -> usize {
        for _ in 0..times {
            tokio::task::yield_now().await;
        }
        times
    }

    #[tokio::test]
    async fn without_jobs_the_first_round_is_the_last() {
        // The one round finds nothing missing.
        let none: [std::future::Ready<u8>; 0] = [];
        assert_eq!(join_all(none).await, (vec![], 1));
    }

    #[tokio::test]
    async fn jobs_that_are_ready_at_once_need_one_round() {
        assert_eq!(
            join_all([1, 2].map(std::future::ready)).await,
            (vec![1, 2], 1)
        );
    }

    proptest! {
        #[test]
        fn the_slowest_job_sets_the_number_of_rounds(
            times in prop::collection::vec(0usize..6, 1..6),
        ) {
            let runtime = Builder::new_current_thread().build().unwrap();
            let jobs: Vec<_> = times.iter().map(|t| yielding(*t)).collect();
            let (outputs, rounds) = runtime.block_on(join_all(jobs));
            prop_assert_eq!(rounds, times.iter().max().unwrap() + 1);
            prop_assert_eq!(outputs, times);
        }
    }
}
