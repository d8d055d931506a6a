//! family: joinset
//! split: train

use std::future::Future;
use tokio::task::JoinSet;

/// How many tasks ended in which way.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    pub succeeded: usize,
    pub failed: usize,
    pub panicked: usize,
}

/// Runs all tasks to their end and counts how they ended; no panic gets out.
pub async fn count_outcomes<F, E>(tasks: impl IntoIterator<Item = F>) -> Outcomes
where
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Send + 'static,
{
    let mut running = JoinSet::new();
    for task in tasks {
        running.spawn(task);
    }
    let mut outcomes = Outcomes::default();
    while let Some(joined) = running.join_next().await {
        match joined {
            Ok(Ok(())) => outcomes.succeeded += 1,
            Ok(Err(_)) => outcomes.failed += 1,
            Err(_) => outcomes.panicked += 1,
        }
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn act(number: u32) -> Result<(), u32> {
        match number % 3 {
            0 => Ok(()),
            1 => Err(number),
            _ => panic!("task {number}"),
        }
    }

    #[tokio::test]
    async fn each_ending_is_counted_apart() {
        let outcomes = count_outcomes([0, 3, 6, 1, 4, 2].map(act)).await;
        let expected = Outcomes {
            succeeded: 3,
            failed: 2,
            panicked: 1,
        };
        assert_eq!(outcomes, expected);
    }

    #[tokio::test]
    async fn no_tasks_leave_all_counts_at_zero() {
        // A set without tasks is joined at once.
        assert_eq!(count_outcomes([0; 0].map(act)).await, Outcomes::default());
    }
}
