//! family: retry
//! split: test

use std::future::Future;

/// Asks the replicas in turn, starting with `preferred`, until one answers. Returns the answer
/// with the index of the replica, or the indices in the order in which they failed.
pub async fn try_replicas<T, F>(
    count: usize,
    preferred: usize,
    ask: impl Fn(usize) -> F,
) -> Result<(usize, T), Vec<usize>>
where
    F: Future<Output = Option<T>>,
{
    let mut failed = Vec::new();
    for step in 0..count {
        let replica = (preferred + step) % count;
        if let Some(answer) = ask(replica).await {
            return Ok((replica, answer));
        }
        failed.push(replica);
    }
    Err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn run(alive: &[bool], preferred: usize) -> Result<(usize, usize), Vec<usize>> {
        let ask = |replica: usize| std::future::ready(alive[replica].then_some(replica * 100));
        try_replicas(alive.len(), preferred, ask).await
    }

    #[tokio::test]
    async fn the_preferred_replica_is_asked_first() {
        assert_eq!(run(&[true, true, true], 2).await, Ok((2, 200)));
    }

    #[tokio::test]
    async fn the_turn_wraps_around_to_the_first() {
        // Asked are 2, 0 and then 1.
        assert_eq!(run(&[false, true, false], 2).await, Ok((1, 100)));
    }

    #[tokio::test]
    async fn when_all_fail_the_order_is_told() {
        assert_eq!(run(&[false; 4], 2).await, Err(vec![2, 3, 0, 1]));
        // A preference without replicas does no harm.
        assert_eq!(run(&[], 5).await, Err(vec![]));
    }

    proptest! {
        #[test]
        fn every_replica_that_answers_is_alive(
            alive in prop::collection::vec(any::<bool>(), 1..6),
            preferred in 0usize..6,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            match runtime.block_on(run(&alive, preferred)) {
                Ok((replica, _)) => prop_assert!(alive[replica]),
                Err(failed) => {
                    prop_assert_eq!(failed.len(), alive.len());
                    prop_assert!(!alive.contains(&true));
                }
            }
        }
    }
}
