//! family: batching
//! split: train

use tokio::sync::mpsc::Receiver;

/// Groups weights into batches whose sums do not exceed `limit`; one that is heavier alone gets
/// a batch of its own. Ends when the channel closes.
pub async fn batch_by_weight(mut source: Receiver<u32>, limit: u32) -> Vec<Vec<u32>> {
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut total = 0;
    while let Some(weight) = source.recv().await {
        if !batch.is_empty() && total + weight > limit {
            batches.push(std::mem::take(&mut batch));
            total = 0;
        }
        batch.push(weight);
        total += weight;
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::mpsc;

    async fn batches(weights: &[u32], limit: u32) -> Vec<Vec<u32>> {
        let (sender, source) = mpsc::channel(16);
        for weight in weights {
            sender.send(*weight).await.unwrap();
        }
        drop(sender);
        batch_by_weight(source, limit).await
    }

    #[tokio::test]
    async fn a_batch_may_reach_the_limit_exactly() {
        assert_eq!(batches(&[4, 6, 1], 10).await, [vec![4, 6], vec![1]]);
    }

    #[tokio::test]
    async fn the_sum_starts_anew_in_every_batch() {
        assert_eq!(
            batches(&[6, 6, 4, 6], 10).await,
            [vec![6], vec![6, 4], vec![6]]
        );
    }

    #[tokio::test]
    async fn what_is_too_heavy_stands_alone() {
        // No empty batch may come before or after it.
        assert_eq!(batches(&[99, 1], 10).await, [vec![99], vec![1]]);
        assert!(batches(&[], 10).await.is_empty());
    }

    proptest! {
        #[test]
        fn two_neighbouring_batches_would_not_fit_into_one(
            weights in prop::collection::vec(0u32..12, 0..14),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let made = runtime.block_on(batches(&weights, 10));
            prop_assert_eq!(made.concat(), weights);
            for pair in made.windows(2) {
                prop_assert!(pair[0].iter().sum::<u32>() + pair[1][0] > 10);
                prop_assert!(pair[0].len() == 1 || pair[0].iter().sum::<u32>() <= 10);
            }
        }
    }
}
