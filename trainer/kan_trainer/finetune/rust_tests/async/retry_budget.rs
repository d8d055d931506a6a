//! family: retry
//! split: test

use tokio::sync::Mutex;

/// Allows retries in proportion to the traffic: every request earns `EARNED` points, a retry
/// costs `COST`, and no more than `LIMIT` are saved.
#[derive(Default)]
pub struct RetryBudget {
    points: Mutex<u32>,
}

const EARNED: u32 = 1;
const COST: u32 = 10;
const LIMIT: u32 = 25;

impl RetryBudget {
    /// Notes a request and returns the points saved so far.
    pub async fn request(&self) -> u32 {
        let mut points = self.points.lock().await;
        *points = (*points + EARNED).min(LIMIT);
        *points
    }

    /// Pays for one retry; `false`, at no cost, where the points do not suffice.
    pub async fn try_retry(&self) -> bool {
        let mut points = self.points.lock().await;
        let allowed = *points >= COST;
        if allowed {
            *points -= COST;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn after(requests: u32) -> RetryBudget {
        let budget = RetryBudget::default();
        for _ in 0..requests {
            budget.request().await;
        }
        budget
    }

    #[tokio::test]
    async fn ten_requests_pay_for_one_retry() {
        assert!(!after(9).await.try_retry().await);
        let budget = after(10).await;
        assert!(budget.try_retry().await);
        assert!(!budget.try_retry().await);
    }

    #[tokio::test]
    async fn a_refused_retry_costs_nothing() {
        // The nine points are still there, and the request adds one.
        let budget = after(9).await;
        assert!(!budget.try_retry().await);
        assert_eq!(budget.request().await, 10);
    }

    proptest! {
        #[test]
        fn no_more_is_saved_than_the_limit(requests in 0u32..60) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let granted = runtime.block_on(async {
                let budget = after(requests).await;
                let mut granted = 0;
                while granted < 99 && budget.try_retry().await {
                    granted += 1;
                }
                granted
            });
            prop_assert_eq!(granted, requests.min(25) / 10);
        }
    }
}
