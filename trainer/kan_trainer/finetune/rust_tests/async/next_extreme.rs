//! family: streams
//! split: train

use std::future::poll_fn;
use std::task::Poll;
use tokio::sync::mpsc::Receiver;

/// Waits for the next reading that is a new minimum or maximum of all readings so far, and
/// returns the range after it; readings within the range are passed over.
pub async fn next_extreme(
    source: &mut Receiver<i32>,
    range: &mut Option<(i32, i32)>,
) -> Option<(i32, i32)> {
    poll_fn(|context| loop {
        let reading = match source.poll_recv(context) {
            Poll::Ready(Some(reading)) => reading,
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => return Poll::Pending,
        };
        let (low, high) = range.unwrap_or((reading, reading));
        if range.is_none() || reading < low || reading > high {
            *range = Some((low.min(reading), high.max(reading)));
            return Poll::Ready(*range);
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::runtime::Builder;
    use tokio::sync::mpsc::channel;

    async fn extremes(readings: &[i32]) -> Vec<(i32, i32)> {
        let (sender, mut source) = channel(16);
        readings.iter().for_each(|r| sender.try_send(*r).unwrap());
        drop(sender);
        let mut range = None;
        let mut all = Vec::new();
        while let Some(extreme) = next_extreme(&mut source, &mut range).await {
            all.push(extreme);
        }
        all
    }

    #[tokio::test]
    async fn readings_within_the_range_are_passed_over() {
        let found = extremes(&[5, 5, 7, 6, 5, 7, 4]).await;
        assert_eq!(found, [(5, 5), (5, 7), (4, 7)]);
    }

    #[tokio::test]
    async fn a_single_reading_is_its_own_range() {
        // The first reading is always new.
        assert_eq!(extremes(&[-3]).await, [(-3, -3)]);
        assert_eq!(extremes(&[]).await, []);
    }

    proptest! {
        #[test]
        fn the_last_range_spans_all_readings(readings in prop::collection::vec(-9i32..9, 1..12)) {
            let runtime = Builder::new_current_thread().build().unwrap();
            let found = runtime.block_on(extremes(&readings));
            let low = *readings.iter().min().unwrap();
            let high = *readings.iter().max().unwrap();
            prop_assert_eq!(found.last(), Some(&(low, high)));
        }
    }
}
