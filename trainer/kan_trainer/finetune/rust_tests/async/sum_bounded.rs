//! family: joinset
//! split: train

use std::future::Future;
use tokio::task::JoinSet;

/// Runs the jobs with never more than `width` at a time and returns the sum of their results.
/// A `width` of zero counts as one.
pub async fn sum_bounded<F>(jobs: impl IntoIterator<Item = F>, width: usize) -> u64
where
    F: Future<Output = u64> + Send + 'static,
{
    let mut running = JoinSet::new();
    let mut total = 0;
    for job in jobs {
        if running.len() >= width.max(1) {
            total += running
                .join_next()
                .await
                .map_or(0, |done| done.unwrap_or(0));
        }
        running.spawn(job);
    }
    while let Some(done) = running.join_next().await {
        total += done.unwrap_or(0);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use std::time::Duration;
    use tokio::runtime::Builder;
    use tokio::time::{sleep, Instant};

    fn timed(count: u64, width: usize) -> (u64, u128) {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let start = Instant::now();
            let jobs = (1..=count).map(|number| async move {
                sleep(Duration::from_millis(10)).await;
                number
            });
            let total = sum_bounded(jobs, width).await;
            (total, start.elapsed().as_millis())
        })
    }

    #[test]
    fn a_width_of_zero_still_makes_progress() {
        assert_eq!(timed(3, 0), (6, 30));
    }

    #[tokio::test]
    async fn a_job_that_panics_adds_nothing() {
        // The panic stays within its task.
        assert_eq!(sum_bounded(vec![async { panic!("lost") }], 1).await, 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn jobs_of_equal_length_run_in_rounds(count in 0u64..9, width in 1usize..5) {
            let rounds = count.div_ceil(width as u64);
            let expected = (count * (count + 1) / 2, u128::from(rounds * 10));
            prop_assert_eq!(timed(count, width), expected);
        }
    }
}
