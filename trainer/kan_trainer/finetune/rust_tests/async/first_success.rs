//! family: select
//! split: train

use std::future::Future;

/// Waits for two attempts at once: the first success wins, and only when both have failed are
/// both errors returned, the left one first.
pub async fn first_success<T, E>(
    left: impl Future<Output = Result<T, E>>,
    right: impl Future<Output = Result<T, E>>,
) -> Result<T, (E, E)> {
    tokio::pin!(left, right);
    tokio::select! {
        biased;
        first = &mut left => match first {
            Ok(value) => Ok(value),
            Err(left_error) => right.await.map_err(|right_error| (left_error, right_error)),
        },
        first = &mut right => match first {
            Ok(value) => Ok(value),
            Err(right_error) => left.await.map_err(|left_error| (left_error, right_error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::time::Duration;
    use tokio::time::sleep;

    async fn after(millis: u64, answer: Result<u32, &'static str>) -> Result<u32, &'static str> {
        sleep(Duration::from_millis(millis)).await;
        answer
    }

    #[tokio::test(start_paused = true)]
    async fn the_quicker_success_wins() {
        assert_eq!(first_success(after(5, Ok(1)), after(3, Ok(2))).await, Ok(2));
        assert_eq!(first_success(after(3, Ok(1)), after(5, Ok(2))).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_quick_failure_does_not_decide() {
        assert_eq!(
            first_success(after(1, Err("l")), after(9, Ok(2))).await,
            Ok(2)
        );
        assert_eq!(
            first_success(after(9, Ok(1)), after(1, Err("r"))).await,
            Ok(1)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn two_failures_are_reported_left_first() {
        // Whichever fails first, the order of the pair is the order of the arguments.
        assert_eq!(
            first_success(after(1, Err("l")), after(2, Err("r"))).await,
            Err(("l", "r"))
        );
        assert_eq!(
            first_success(after(2, Err("l")), after(1, Err("r"))).await,
            Err(("l", "r"))
        );
    }
}
