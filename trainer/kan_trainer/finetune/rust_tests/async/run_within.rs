//! family: timeouts
//! split: test

use std::future::Future;
use std::time::Duration;
use tokio::time::{timeout_at, Instant};

/// Runs the steps one after another within one `budget` for all of them. Returns how many came
/// to their end and how much of the budget was left.
pub async fn run_within<F: Future>(
    steps: impl IntoIterator<Item = F>,
    budget: Duration,
) -> (usize, Duration) {
    let deadline = Instant::now() + budget;
    let mut finished = 0;
    for step in steps {
        if timeout_at(deadline, step).await.is_err() {
            break;
        }
        finished += 1;
    }
    let left = deadline.saturating_duration_since(Instant::now());
    (finished, left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::time::sleep;

    async fn run(steps: &[u64], budget: u64) -> (usize, u64) {
        let steps = steps.iter().map(|step| sleep(Duration::from_millis(*step)));
        let (finished, left) = run_within(steps, Duration::from_millis(budget)).await;
        (finished, left.as_millis() as u64)
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_needed_is_left() {
        // Without steps the whole budget is left.
        assert_eq!(run(&[10, 20], 50).await, (2, 20));
        assert_eq!(run(&[], 50).await, (0, 50));
    }

    #[tokio::test(start_paused = true)]
    async fn the_step_that_exceeds_the_budget_ends_the_run() {
        // The third would fit into a budget of its own, but the second one took it all.
        assert_eq!(run(&[10, 60, 10], 50).await, (1, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_steps_that_fit_are_finished(steps in prop::collection::vec(1u64..20, 0..6)) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            let total: u64 = steps.iter().sum();
            prop_assert_eq!(runtime.block_on(run(&steps, total + 7)), (steps.len(), 7));
        }
    }
}
