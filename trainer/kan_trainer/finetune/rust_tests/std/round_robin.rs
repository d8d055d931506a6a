//! family: queues
//! split: train

use std::collections::VecDeque;

/// The order in which tasks finish when each in turn works for at most `slice` units.
pub fn round_robin(work: &[u32], slice: u32) -> Vec<usize> {
    assert!(slice > 0, "a slice of nothing never ends");
    let mut waiting: VecDeque<(usize, u32)> = work.iter().copied().enumerate().collect();
    let mut finished = Vec::with_capacity(work.len());
    while let Some((task, left)) = waiting.pop_front() {
        if left <= slice {
            finished.push(task);
        } else {
            waiting.push_back((task, left - slice));
        }
    }
    finished
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_tasks_overtake_long_ones() {
        assert_eq!(round_robin(&[5, 1, 3], 2), [1, 2, 0]);
    }

    #[test]
    fn a_task_that_fits_its_slice_is_done_at_once() {
        // The third one needs a second turn.
        assert_eq!(round_robin(&[4, 4, 5, 0], 4), [0, 1, 3, 2]);
        assert!(round_robin(&[], 1).is_empty());
    }

    #[test]
    #[should_panic(expected = "never ends")]
    fn a_slice_of_zero_is_refused() {
        round_robin(&[1], 0);
    }

    proptest! {
        #[test]
        fn rounds_decide_and_then_the_place(work in prop::collection::vec(0u32..30, 0..12), slice in 1u32..6) {
            let mut expected: Vec<usize> = (0..work.len()).collect();
            expected.sort_by_key(|&task| work[task].max(1).div_ceil(slice));
            prop_assert_eq!(round_robin(&work, slice), expected);
        }
    }
}
