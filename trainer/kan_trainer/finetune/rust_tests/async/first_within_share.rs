//! family: timeouts
//! split: test

use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

/// Gives every one of `attempts` an equal share of the time that is left, and returns the number
/// of the first attempt, from 1, that ends within its share. Time not used goes to the others.
pub async fn first_within_share<F: Future>(
    attempt: impl Fn(u32) -> F,
    attempts: u32,
    total: Duration,
) -> Option<(u32, F::Output)> {
    let start = tokio::time::Instant::now();
    for number in 1..=attempts {
        let left = total.saturating_sub(start.elapsed());
        let share = left / (attempts - number + 1);
        if let Ok(output) = timeout(share, attempt(number)).await {
            return Some((number, output));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::time::{sleep, Instant};

    /// Attempt `n` takes the `n`-th number of milliseconds.
    async fn run(lengths: &[u64], total: u64) -> (Option<u32>, u128) {
        let start = Instant::now();
        let attempt = |number: u32| sleep(Duration::from_millis(lengths[number as usize - 1]));
        let attempts = lengths.len() as u32;
        let found = first_within_share(attempt, attempts, Duration::from_millis(total)).await;
        (
            found.map(|(number, ())| number),
            start.elapsed().as_millis(),
        )
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_that_fits_its_share_is_taken() {
        // The shares are 30 milliseconds each.
        assert_eq!(run(&[40, 25, 1], 90).await, (Some(2), 55));
        assert_eq!(run(&[29, 1], 60).await, (Some(1), 29));
    }

    #[tokio::test(start_paused = true)]
    async fn when_none_fits_the_whole_time_is_used() {
        // Each is cut off after its 30 milliseconds.
        assert_eq!(run(&[50, 50, 50], 90).await, (None, 90));
    }

    #[tokio::test(start_paused = true)]
    async fn a_single_attempt_has_all_the_time() {
        assert_eq!(run(&[80], 90).await, (Some(1), 80));
    }

    #[tokio::test(start_paused = true)]
    async fn no_attempts_find_nothing() {
        assert_eq!(run(&[], 90).await, (None, 0));
    }
}
