//! family: shared-state
//! split: train

use std::collections::VecDeque;
use tokio::sync::Mutex;

/// Adds a sample to a window of at most `width` samples and returns the mean of the window,
/// rounded towards zero. A `width` of zero counts as one.
pub async fn moving_mean(window: &Mutex<VecDeque<i64>>, width: usize, sample: i64) -> i64 {
    let mut samples = window.lock().await;
    samples.push_back(sample);
    while samples.len() > width.max(1) {
        samples.pop_front();
    }
    samples.iter().sum::<i64>() / samples.len() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn means(width: usize, samples: &[i64]) -> Vec<i64> {
        let window = Mutex::new(VecDeque::new());
        let mut means = Vec::new();
        for sample in samples {
            means.push(moving_mean(&window, width, *sample).await);
        }
        means
    }

    #[tokio::test]
    async fn the_oldest_sample_leaves_the_window() {
        assert_eq!(means(3, &[3, 6, 9, 12]).await, [3, 4, 6, 9]);
    }

    #[tokio::test]
    async fn a_mean_is_rounded_towards_zero() {
        // The mean of both is -1.5.
        assert_eq!(means(2, &[-1, -2]).await, [-1, -1]);
    }

    #[tokio::test]
    async fn a_width_of_zero_keeps_the_last_sample() {
        assert_eq!(means(0, &[5, 8]).await, [5, 8]);
    }

    #[tokio::test]
    async fn a_window_that_was_too_wide_is_cut() {
        // The width may shrink between two calls.
        let window = Mutex::new(VecDeque::from([100, 100, 100, 2]));
        assert_eq!(moving_mean(&window, 2, 4).await, 3);
        assert_eq!(window.into_inner(), [2, 4]);
    }

    proptest! {
        #[test]
        fn the_mean_lies_between_the_extremes(
            samples in prop::collection::vec(-100i64..100, 1..10),
            width in 1usize..5,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let means = runtime.block_on(means(width, &samples));
            let last = &samples[samples.len().saturating_sub(width)..];
            let mean = means[samples.len() - 1];
            prop_assert!(last.iter().min() <= Some(&mean) && Some(&mean) <= last.iter().max());
        }
    }
}
