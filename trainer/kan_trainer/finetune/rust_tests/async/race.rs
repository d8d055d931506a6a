//! family: futures
//! split: train

use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::task::Poll;

/// A future on the heap, of which only the output is known.
pub type Runner<T> = Pin<Box<dyn Future<Output = T>>>;

/// Polls all runners in turn and returns the index and the output of the first that is ready;
/// of several that are ready at once, the one with the lowest index. `None` without a runner.
pub async fn race<T>(mut runners: Vec<Runner<T>>) -> Option<(usize, T)> {
    if runners.is_empty() {
        return None;
    }
    poll_fn(|context| {
        for (index, runner) in runners.iter_mut().enumerate() {
            if let Poll::Ready(output) = runner.as_mut().poll(context) {
                return Poll::Ready(Some((index, output)));
            }
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::runtime::Builder;

    fn yielding(times: usize) -> Runner<usize> {
        Box::pin(async move {
            for _ in 0..times {
                tokio::task::yield_now().await;
            }
            times * 10
        })
    }

    #[tokio::test]
    async fn a_race_without_runners_has_no_winner() {
        // It must not be pending, since nobody would wake it.
        assert_eq!(race::<u8>(vec![]).await, None);
    }

    #[tokio::test]
    async fn a_runner_that_never_arrives_does_not_stop_the_race() {
        let never: Runner<usize> = Box::pin(std::future::pending());
        assert_eq!(race(vec![never, yielding(3)]).await, Some((1, 30)));
    }

    proptest! {
        #[test]
        fn the_first_of_the_quickest_wins(times in prop::collection::vec(0usize..5, 1..6)) {
            let quickest = *times.iter().min().unwrap();
            let index = times.iter().position(|t| *t == quickest).unwrap();
            let runners = times.into_iter().map(yielding).collect();
            let winner = Builder::new_current_thread().build().unwrap().block_on(race(runners));
            prop_assert_eq!(winner, Some((index, quickest * 10)));
        }
    }
}
