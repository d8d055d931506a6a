//! family: joinset
//! split: train

use std::future::Future;
use tokio::task::JoinSet;

/// Starts all candidates and returns the first success; the others are aborted. When all fail,
/// the last error is returned, and `None` where there was no candidate.
pub async fn first_to_succeed<T, F>(candidates: Vec<F>) -> Option<Result<T, String>>
where
    F: Future<Output = Result<T, String>> + Send + 'static,
    T: Send + 'static,
{
    let mut tasks = JoinSet::new();
    for candidate in candidates {
        tasks.spawn(candidate);
    }
    let mut last_error = None;
    while let Some(joined) = tasks.join_next().await {
        match joined {
            Ok(Ok(value)) => return Some(Ok(value)),
            Ok(Err(error)) => last_error = Some(Err(error)),
            Err(_) => last_error = Some(Err("a candidate panicked".to_string())),
        }
    }
    last_error
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::time::Duration;
    use tokio::time::{sleep, Instant};

    async fn answer(millis: u64, answer: Result<u8, &str>) -> Result<u8, String> {
        sleep(Duration::from_millis(millis)).await;
        answer.map_err(str::to_string)
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_success_is_returned_without_waiting_for_the_rest() {
        let start = Instant::now();
        let candidates = vec![
            answer(1, Err("down")),
            answer(900, Ok(1)),
            answer(20, Ok(2)),
        ];
        assert_eq!(first_to_succeed(candidates).await, Some(Ok(2)));
        assert!(start.elapsed() < Duration::from_millis(900));
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_fail_the_last_error_counts() {
        // The last in time, which is the first in the list.
        let candidates = vec![answer(9, Err("late")), answer(1, Err("early"))];
        assert_eq!(
            first_to_succeed(candidates).await,
            Some(Err("late".to_string()))
        );
    }

    #[tokio::test]
    async fn a_panic_is_an_error_like_any_other() {
        let broken = async { panic!("broken") };
        let result: Option<Result<u8, String>> = first_to_succeed(vec![broken]).await;
        assert_eq!(result, Some(Err("a candidate panicked".to_string())));
    }

    #[tokio::test]
    async fn no_candidate_gives_none() {
        let none: Vec<std::future::Ready<Result<u8, String>>> = Vec::new();
        assert!(first_to_succeed(none).await.is_none());
    }
}
