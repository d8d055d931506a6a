//! family: semaphores
//! split: test

use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::yield_now;

/// Starts `burst` requests at once: up to `slots` are served, up to `queue` more wait for a
/// slot, and the rest is turned away. Returns how many were served and how many turned away.
pub async fn serve_burst(burst: usize, slots: usize, queue: usize) -> (usize, usize) {
    let serving = Arc::new(Semaphore::new(slots));
    let admitted = Arc::new(Semaphore::new(slots + queue));
    let mut tasks = Vec::new();
    for _ in 0..burst {
        let (serving, admitted) = (serving.clone(), admitted.clone());
        tasks.push(tokio::spawn(async move {
            let Ok(_place) = admitted.try_acquire() else {
                return false;
            };
            let slot = serving.acquire().await;
            yield_now().await;
            slot.is_ok()
        }));
    }
    let mut served = 0;
    for task in tasks {
        if task.await.unwrap_or(false) {
            served += 1;
        }
    }
    (served, burst - served)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[tokio::test]
    async fn those_who_wait_are_served_later() {
        assert_eq!(serve_burst(3, 2, 1).await, (3, 0));
    }

    #[tokio::test]
    async fn without_a_queue_only_the_slots_serve() {
        // All ask before the first one has been served.
        assert_eq!(serve_burst(5, 2, 0).await, (2, 3));
    }

    #[tokio::test]
    async fn an_empty_burst_serves_nobody() {
        assert_eq!(serve_burst(0, 1, 1).await, (0, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn slots_and_queue_together_bound_a_burst(
            burst in 0usize..9,
            slots in 1usize..4,
            queue in 0usize..4,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let served = burst.min(slots + queue);
            let result = runtime.block_on(serve_burst(burst, slots, queue));
            prop_assert_eq!(result, (served, burst - served));
        }
    }
}
