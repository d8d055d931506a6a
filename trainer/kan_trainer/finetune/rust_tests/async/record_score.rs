//! family: shared-state
//! split: train

use tokio::sync::Mutex;

/// Enters a score into a table of the best `size` ones, highest first, and returns its rank
/// from 1; `None` where it is too low. Of equal scores the older one stands higher.
pub async fn record_score(table: &Mutex<Vec<u32>>, size: usize, score: u32) -> Option<usize> {
    let mut scores = table.lock().await;
    let index = scores.partition_point(|other| *other >= score);
    if index >= size {
        return None;
    }
    scores.insert(index, score);
    scores.truncate(size);
    Some(index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[tokio::test]
    async fn a_score_finds_its_rank() {
        let table = Mutex::new(vec![90, 70, 50]);
        assert_eq!(record_score(&table, 4, 80).await, Some(2));
        assert_eq!(record_score(&table, 4, 95).await, Some(1));
        assert_eq!(table.into_inner(), [95, 90, 80, 70]);
    }

    #[tokio::test]
    async fn an_equal_score_stands_below_the_older_one() {
        let table = Mutex::new(vec![90, 70]);
        assert_eq!(record_score(&table, 3, 90).await, Some(2));
        // The table is full now: an equal of the last one does not get in.
        assert_eq!(record_score(&table, 3, 70).await, None);
    }

    #[tokio::test]
    async fn a_table_without_room_keeps_nothing() {
        let table = Mutex::new(vec![]);
        assert_eq!(record_score(&table, 0, 1).await, None);
        assert!(table.into_inner().is_empty());
    }

    proptest! {
        #[test]
        fn the_table_holds_the_best_in_order(
            entered in prop::collection::vec(0u32..50, 0..12),
            size in 0usize..6,
        ) {
            let table = Mutex::new(Vec::new());
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            for score in &entered {
                runtime.block_on(record_score(&table, size, *score));
            }
            let mut best = entered;
            best.sort_unstable_by(|a, b| b.cmp(a));
            best.truncate(size);
            prop_assert_eq!(table.into_inner(), best);
        }
    }
}
