//! family: watching
//! split: validation

use tokio::sync::{mpsc, watch};

/// Reports every change of a watched number as its difference from the one seen before, until
/// the sender or the receiver of the reports goes. Differences of zero are not reported.
/// Returns the number last seen.
pub async fn report_differences(
    mut values: watch::Receiver<i64>,
    reports: mpsc::Sender<i64>,
) -> i64 {
    let mut seen = *values.borrow_and_update();
    while values.changed().await.is_ok() {
        let value = *values.borrow_and_update();
        let difference = value - seen;
        seen = value;
        if difference != 0 && reports.send(difference).await.is_err() {
            break;
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Starts at ten; with `pause` every value is seen.
    async fn follow(later: &[i64], pause: bool) -> (Vec<i64>, i64) {
        let (sender, values) = watch::channel(10);
        let (reports, mut received) = mpsc::channel(16);
        let following = tokio::spawn(report_differences(values, reports));
        tokio::task::yield_now().await;
        for value in later {
            sender.send(*value).unwrap();
            if pause {
                tokio::task::yield_now().await;
            }
        }
        drop(sender);
        let mut all = Vec::new();
        while let Some(report) = received.recv().await {
            all.push(report);
        }
        (all, following.await.unwrap())
    }

    #[tokio::test]
    async fn every_change_is_reported_as_a_difference() {
        assert_eq!(follow(&[15, 12, 12, 13], true).await, (vec![5, -3, 1], 13));
        assert_eq!(follow(&[], true).await, (vec![], 10));
    }

    #[tokio::test]
    async fn quick_changes_are_reported_as_one() {
        // Only the newest is kept.
        assert_eq!(follow(&[15, 12, 40], false).await, (vec![30], 40));
    }

    #[tokio::test]
    async fn without_a_reader_it_ends() {
        let (sender, values) = watch::channel(0);
        let (reports, received) = mpsc::channel(1);
        drop(received);
        let following = tokio::spawn(report_differences(values, reports));
        tokio::task::yield_now().await;
        sender.send(8).unwrap();
        assert_eq!(following.await.unwrap(), 8);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_differences_lead_to_the_last_value(
            later in prop::collection::vec(-20i64..20, 0..6),
            pause in any::<bool>(),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (reports, last) = runtime.block_on(follow(&later, pause));
            prop_assert_eq!(last, later.last().copied().unwrap_or(10));
            prop_assert_eq!(10 + reports.iter().sum::<i64>(), last);
        }
    }
}
