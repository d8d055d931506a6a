//! family: shared-state
//! split: train

use std::sync::Arc;
use tokio::sync::Mutex;

/// Lets `workers` tasks take numbers from one shared stack until it is empty and adds up their
/// sums; returns the total and how many workers found anything to do.
pub async fn sum_concurrently(numbers: Vec<u64>, workers: usize) -> (u64, usize) {
    let stack = Arc::new(Mutex::new(numbers));
    let mut handles = Vec::new();
    for _ in 0..workers {
        let stack = Arc::clone(&stack);
        handles.push(tokio::spawn(async move {
            let (mut sum, mut taken) = (0, 0);
            while let Some(number) = stack.lock().await.pop() {
                sum += number;
                taken += 1;
                tokio::task::yield_now().await;
            }
            (sum, taken)
        }));
    }
    let (mut total, mut busy) = (0, 0);
    for handle in handles {
        let (sum, taken) = handle.await.expect("a worker panicked");
        total += sum;
        busy += usize::from(taken > 0);
    }
    (total, busy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[tokio::test]
    async fn a_single_worker_does_it_all() {
        assert_eq!(sum_concurrently(vec![1, 2, 3], 1).await, (6, 1));
    }

    #[tokio::test]
    async fn workers_beyond_the_numbers_stay_idle() {
        // The first two workers empty the stack before the third one starts.
        assert_eq!(sum_concurrently(vec![5, 6], 4).await, (11, 2));
    }

    #[tokio::test]
    async fn nothing_to_do_and_nobody_to_do_it() {
        assert_eq!(sum_concurrently(vec![], 3).await, (0, 0));
        assert_eq!(sum_concurrently(vec![1], 0).await, (0, 0));
    }

    proptest! {
        #[test]
        fn the_total_does_not_depend_on_the_workers(
            numbers in prop::collection::vec(0u64..100, 0..10),
            workers in 1usize..5,
        ) {
            let expected = (numbers.iter().sum::<u64>(), workers.min(numbers.len()));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            prop_assert_eq!(runtime.block_on(sum_concurrently(numbers, workers)), expected);
        }
    }
}
