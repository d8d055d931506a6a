//! family: joinset
//! split: train

use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{timeout_at, Instant};

/// Gathers what the tasks return within `limit`, aborts the others and tells how many those were.
pub async fn join_within<T: 'static>(mut tasks: JoinSet<T>, limit: Duration) -> (Vec<T>, usize) {
    let deadline = Instant::now() + limit;
    let mut finished = Vec::new();
    while let Ok(Some(joined)) = timeout_at(deadline, tasks.join_next()).await {
        finished.extend(joined.ok());
    }
    let late = tasks.len();
    tasks.shutdown().await;
    (finished, late)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::runtime::Builder;
    use tokio::time::sleep;

    fn gather(lengths: Vec<u64>, limit: u64) -> (Vec<u64>, usize) {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for length in lengths {
                tasks.spawn(async move {
                    sleep(Duration::from_millis(length)).await;
                    length
                });
            }
            join_within(tasks, Duration::from_millis(limit)).await
        })
    }

    #[test]
    fn without_tasks_it_does_not_wait() {
        assert_eq!(gather(vec![], 50), (vec![], 0));
    }

    #[tokio::test]
    async fn a_task_that_panicked_is_neither_finished_nor_late() {
        let mut tasks = JoinSet::new();
        tasks.spawn(async { panic!("broken") });
        let (finished, late): (Vec<()>, usize) = join_within(tasks, Duration::from_secs(1)).await;
        assert_eq!((finished.len(), late), (0, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_quick_ones_finish_in_the_order_of_their_length(
            lengths in prop::collection::hash_set(1u64..50, 0..8),
            limit in 0u64..50,
        ) {
            // The limit lies between two lengths, so that none ends exactly at it.
            let scaled = lengths.iter().map(|length| length * 10);
            let mut quick: Vec<u64> = scaled.filter(|length| *length < limit * 10 + 5).collect();
            quick.sort_unstable();
            let late = lengths.len() - quick.len();
            let scaled = lengths.iter().map(|length| length * 10).collect();
            prop_assert_eq!(gather(scaled, limit * 10 + 5), (quick, late));
        }
    }
}
