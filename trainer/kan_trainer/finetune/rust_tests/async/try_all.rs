//! family: joinset
//! split: train

use std::future::Future;
use tokio::task::JoinSet;

/// Waits for all checks; the first failure ends the wait, aborts the others and is returned
/// with the number of checks that had passed by then.
pub async fn try_all<F, E>(checks: Vec<F>) -> Result<usize, (usize, E)>
where
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Send + 'static,
{
    let mut running = JoinSet::new();
    for check in checks {
        running.spawn(check);
    }
    let mut passed = 0;
    while let Some(joined) = running.join_next().await {
        match joined.expect("a check panicked") {
            Ok(()) => passed += 1,
            Err(error) => {
                running.shutdown().await;
                return Err((passed, error));
            }
        }
    }
    Ok(passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::time::sleep;

    async fn check(ended: Arc<AtomicUsize>, millis: u64, good: bool) -> Result<(), u64> {
        sleep(Duration::from_millis(millis)).await;
        ended.fetch_add(1, Ordering::SeqCst);
        if good {
            Ok(())
        } else {
            Err(millis)
        }
    }

    async fn run(checks: &[(u64, bool)]) -> (Result<usize, (usize, u64)>, usize) {
        let ended = Arc::new(AtomicUsize::new(0));
        let checks = checks
            .iter()
            .map(|(millis, good)| check(ended.clone(), *millis, *good));
        let result = try_all(checks.collect()).await;
        sleep(Duration::from_secs(1)).await;
        (result, ended.load(Ordering::SeqCst))
    }

    #[tokio::test(start_paused = true)]
    async fn all_passes_are_counted() {
        assert_eq!(run(&[(1, true), (5, true)]).await, (Ok(2), 2));
        assert_eq!(run(&[]).await, (Ok(0), 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_aborts_what_still_runs() {
        let checks = [(1, true), (2, true), (9, true), (5, false), (8, false)];
        // Those of 8 and 9 milliseconds never come to their end.
        assert_eq!(run(&checks).await, (Err((2, 5)), 3));
    }
}
