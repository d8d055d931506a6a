//! family: retry
//! split: test

use std::time::Duration;
use tokio::time::Instant;

/// The moments of the attempts after a first one now: each pause is half as long again as the
/// one before, and no attempt lies behind `deadline`.
pub fn attempt_times(first_pause: Duration, deadline: Duration, most: usize) -> Vec<Instant> {
    let start = Instant::now();
    let mut at = Duration::ZERO;
    let mut pause = first_pause;
    let mut times = Vec::new();
    while times.len() < most {
        at += pause;
        if at > deadline {
            break;
        }
        times.push(start + at);
        pause += pause / 2;
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offsets(pause: u64, deadline: u64, most: usize) -> Vec<u128> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let start = Instant::now();
            let (pause, deadline) = (
                Duration::from_millis(pause),
                Duration::from_millis(deadline),
            );
            let times = attempt_times(pause, deadline, most);
            times
                .into_iter()
                .map(|time| (time - start).as_millis())
                .collect()
        })
    }

    #[test]
    fn every_pause_is_half_as_long_again() {
        // The pauses are 40, 60, 90 and 135 milliseconds.
        assert_eq!(offsets(40, 9999, 4), [40, 100, 190, 325]);
    }

    #[test]
    fn an_attempt_may_lie_on_the_deadline_but_not_behind_it() {
        assert_eq!(offsets(40, 100, 9), [40, 100]);
        assert_eq!(offsets(40, 99, 9), [40]);
        assert_eq!(offsets(40, 39, 9), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn there_are_never_more_attempts_than_allowed(
            pause in 0u64..50,
            deadline in 0u64..400,
            most in 0usize..6,
        ) {
            let times = offsets(pause, deadline, most);
            prop_assert!(times.len() <= most);
            prop_assert!(times.iter().all(|time| *time <= u128::from(deadline)));
        }
    }
}
