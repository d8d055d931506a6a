//! family: joinset
//! split: train

use std::future::Future;
use tokio::task::JoinSet;

/// Runs `work` on all inputs at once and returns the results in the order of the inputs.
pub async fn map_in_order<T, R, F>(inputs: Vec<T>, work: impl Fn(T) -> F) -> Vec<R>
where
    F: Future<Output = R> + Send + 'static,
    R: Send + 'static,
{
    let mut tasks = JoinSet::new();
    for (index, input) in inputs.into_iter().enumerate() {
        let job = work(input);
        tasks.spawn(async move { (index, job.await) });
    }
    let mut results = Vec::with_capacity(tasks.len());
    while let Some(joined) = tasks.join_next().await {
        results.push(joined.expect("a job panicked"));
    }
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use std::time::Duration;
    use tokio::time::{sleep, Instant};

    #[tokio::test(start_paused = true)]
    async fn the_jobs_run_at_the_same_time() {
        let start = Instant::now();
        let slept = map_in_order(vec![30, 10, 20], |millis| async move {
            sleep(Duration::from_millis(millis)).await;
            millis
        });
        // The one that takes longest comes first nevertheless.
        assert_eq!(slept.await, [30, 10, 20]);
        assert_eq!(start.elapsed(), Duration::from_millis(30));
    }

    #[tokio::test]
    #[should_panic(expected = "a job panicked")]
    async fn a_panic_in_a_job_is_passed_on() {
        let _: Vec<()> = map_in_order(vec![1], |_| async { panic!("inside") }).await;
    }

    proptest! {
        #[test]
        fn it_equals_the_plain_map(inputs in prop::collection::vec(-100i32..100, 0..8)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let squares = runtime.block_on(map_in_order(inputs.clone(), |x| async move { x * x }));
            prop_assert_eq!(squares, inputs.iter().map(|x| x * x).collect::<Vec<_>>());
        }
    }
}
