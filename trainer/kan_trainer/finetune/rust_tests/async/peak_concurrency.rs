//! family: semaphores
//! split: test

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::yield_now;

/// Runs `jobs` tasks that each hold a permit while they yield `steps` times, and returns how
/// many held one at the same time at most, and how many came to their end.
pub async fn peak_concurrency(jobs: usize, permits: usize, steps: usize) -> (usize, usize) {
    let semaphore = Arc::new(Semaphore::new(permits));
    let inside = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let tasks = (0..jobs).map(|_| {
        let (semaphore, inside) = (semaphore.clone(), inside.clone());
        tokio::spawn(async move {
            let _permit = semaphore.acquire().await.expect("never closed");
            let now = inside.0.fetch_add(1, SeqCst) + 1;
            inside.1.fetch_max(now, SeqCst);
            for _ in 0..steps {
                yield_now().await;
            }
            inside.0.fetch_sub(1, SeqCst);
        })
    });
    let mut ended = 0;
    for task in tasks.collect::<Vec<_>>() {
        ended += usize::from(task.await.is_ok());
    }
    (inside.1.load(SeqCst), ended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[tokio::test]
    async fn tasks_that_never_yield_run_one_after_another() {
        // On one thread nobody else is polled before such a task ends.
        assert_eq!(peak_concurrency(4, 3, 0).await, (1, 4));
    }

    #[tokio::test]
    async fn without_jobs_nothing_peaks() {
        assert_eq!(peak_concurrency(0, 3, 1).await, (0, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_peak_is_the_smaller_of_jobs_and_permits(
            jobs in 1usize..8,
            permits in 1usize..5,
            steps in 1usize..4,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let result = runtime.block_on(peak_concurrency(jobs, permits, steps));
            prop_assert_eq!(result, (jobs.min(permits), jobs));
        }
    }
}
