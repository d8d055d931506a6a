//! family: signals
//! split: train

use std::sync::Arc;
use tokio::sync::{Barrier, Mutex};

/// Lets every part take `rounds` steps, none beginning a round before all have ended the one
/// before: in each, a part replaces its value by its own plus that of its right neighbour. The
/// last one's neighbour is the first.
pub async fn smooth_in_rounds(values: Vec<i64>, rounds: usize) -> Vec<i64> {
    let count = values.len();
    let barrier = Arc::new(Barrier::new(count));
    let shared = Arc::new(Mutex::new(values));
    let parts: Vec<_> = (0..count)
        .map(|index| {
            let (barrier, shared) = (barrier.clone(), shared.clone());
            tokio::spawn(async move {
                for _ in 0..rounds {
                    let neighbour = shared.lock().await[(index + 1) % count];
                    barrier.wait().await;
                    shared.lock().await[index] += neighbour;
                    barrier.wait().await;
                }
            })
        })
        .collect();
    for part in parts {
        part.await.expect("a part panicked");
    }
    let result = shared.lock().await.clone();
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[tokio::test]
    async fn all_read_before_anybody_writes() {
        assert_eq!(smooth_in_rounds(vec![1, 10, 100], 1).await, [11, 110, 101]);
    }

    #[tokio::test]
    async fn a_round_works_on_the_results_of_the_one_before() {
        assert_eq!(smooth_in_rounds(vec![1, 10, 100], 2).await, [121, 211, 112]);
    }

    #[tokio::test]
    async fn a_single_part_is_its_own_neighbour() {
        // It doubles in every round.
        assert_eq!(smooth_in_rounds(vec![3], 4).await, [48]);
        assert!(smooth_in_rounds(vec![], 4).await.is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_round_doubles_the_total(
            values in prop::collection::vec(-50i64..50, 0..6),
            rounds in 0usize..4,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let total = values.iter().sum::<i64>() << rounds;
            let smoothed = runtime.block_on(smooth_in_rounds(values, rounds));
            prop_assert_eq!(smoothed.iter().sum::<i64>(), total);
        }
    }
}
