//! family: attempts
//! split: train

use std::time::Duration;

#[derive(Debug, PartialEq)]
pub enum BackoffError {
    NoDelay,
    GrowthTooSmall(f64),
    Budget { tries: usize },
}

/// The delays between tries: the first is `base`, each next one `growth` times as long, up to
/// `longest`. That they fit into `budget` together is checked; the error says how many do.
pub fn backoff_delays(
    (base, longest): (Duration, Duration),
    growth: f64,
    tries: usize,
    budget: Duration,
) -> Result<Vec<Duration>, BackoffError> {
    if base.is_zero() {
        return Err(BackoffError::NoDelay);
    }
    if growth < 1.0 || !growth.is_finite() {
        return Err(BackoffError::GrowthTooSmall(growth));
    }
    let mut left = budget;
    let mut seconds = base.as_secs_f64();
    let mut delays = Vec::with_capacity(tries);
    for tries in 0..tries {
        let delay = Duration::from_secs_f64(seconds.min(longest.as_secs_f64()));
        left = left
            .checked_sub(delay)
            .ok_or(BackoffError::Budget { tries })?;
        delays.push(delay);
        seconds *= growth;
    }
    Ok(delays)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(growth: f64, tries: usize, budget: u64) -> Result<Vec<u64>, BackoffError> {
        let range = (Duration::from_secs(1), Duration::from_secs(5));
        let delays = backoff_delays(range, growth, tries, Duration::from_secs(budget))?;
        Ok(delays.iter().map(Duration::as_secs).collect())
    }

    #[test]
    fn delays_grow_up_to_the_longest() {
        assert_eq!(seconds(2.0, 5, 100), Ok(vec![1, 2, 4, 5, 5]));
        assert_eq!(seconds(1.0, 3, 100), Ok(vec![1, 1, 1]));
    }

    #[test]
    fn the_budget_may_be_used_up_to_the_end() {
        assert_eq!(seconds(2.0, 3, 7), Ok(vec![1, 2, 4]));
        assert_eq!(seconds(2.0, 3, 6), Err(BackoffError::Budget { tries: 2 }));
        assert_eq!(seconds(2.0, 0, 0), Ok(vec![]));
    }

    #[test]
    fn delays_neither_shrink_nor_explode() {
        assert_eq!(seconds(0.9, 3, 9), Err(BackoffError::GrowthTooSmall(0.9)));
        // Not a number is smaller than nothing, yet no growth either.
        assert!(matches!(
            seconds(f64::NAN, 3, 9),
            Err(BackoffError::GrowthTooSmall(_))
        ));
    }

    #[test]
    fn waiting_for_no_time_is_refused() {
        let range = (Duration::ZERO, Duration::MAX);
        let result = backoff_delays(range, 2.0, 1, Duration::MAX);
        assert_eq!(result, Err(BackoffError::NoDelay));
    }
}
