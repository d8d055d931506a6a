//! family: cancellation
//! split: train

use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::yield_now;

/// How far a sum came.
#[derive(Debug, PartialEq, Eq)]
pub enum Progress {
    Done(u64),
    Cancelled { sum: u64, left: usize },
}

/// Adds up numbers in steps of `step`, lets other tasks run after each, and stops between two
/// steps once `cancelled` is set.
pub async fn sum_in_steps(numbers: &[u64], step: usize, cancelled: &AtomicBool) -> Progress {
    let mut sum = 0;
    let mut added = 0;
    for part in numbers.chunks(step.max(1)) {
        if cancelled.load(Ordering::Relaxed) {
            let left = numbers.len() - added;
            return Progress::Cancelled { sum, left };
        }
        sum += part.iter().sum::<u64>();
        added += part.len();
        yield_now().await;
    }
    Progress::Done(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn after_turns(numbers: &[u64], step: usize, turns: usize) -> Progress {
        let cancelled = AtomicBool::new(false);
        let cancelling = async {
            for _ in 0..turns {
                yield_now().await;
            }
            cancelled.store(true, Ordering::Relaxed);
        };
        let summing = sum_in_steps(numbers, step, &cancelled);
        tokio::join!(cancelling, summing).1
    }

    #[tokio::test]
    async fn nothing_is_added_when_it_is_cancelled_before() {
        let expected = Progress::Cancelled { sum: 0, left: 3 };
        assert_eq!(after_turns(&[1, 2, 4], 1, 0).await, expected);
    }

    #[tokio::test]
    async fn what_was_added_until_then_is_told() {
        let expected = Progress::Cancelled { sum: 15, left: 1 };
        assert_eq!(after_turns(&[1, 2, 4, 8, 16], 2, 2).await, expected);
    }

    #[tokio::test]
    async fn nothing_is_left_to_cancel_at_the_end() {
        // Cancelled in the turn after the last step, which is too late.
        assert_eq!(after_turns(&[1, 2, 4], 2, 2).await, Progress::Done(7));
        assert_eq!(after_turns(&[], 2, 0).await, Progress::Done(0));
    }

    proptest! {
        #[test]
        fn an_undisturbed_sum_is_complete(
            numbers in prop::collection::vec(0u64..100, 0..12),
            step in 0usize..5,
        ) {
            let expected = Progress::Done(numbers.iter().sum());
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let never = AtomicBool::new(false);
            prop_assert_eq!(runtime.block_on(sum_in_steps(&numbers, step, &never)), expected);
        }
    }
}
