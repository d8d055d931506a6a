//! family: shared-state
//! split: train

use std::collections::BTreeSet;
use tokio::sync::Mutex;

/// Hands out the lowest number from 1 to `max` that nobody holds; `None` when all are held.
pub async fn allocate_id(held: &Mutex<BTreeSet<u16>>, max: u16) -> Option<u16> {
    let mut ids = held.lock().await;
    let mut free = 1;
    for id in ids.iter() {
        if *id > free {
            break;
        }
        free += 1;
    }
    if free > max {
        return None;
    }
    ids.insert(free);
    Some(free)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn held(ids: &[u16]) -> Mutex<BTreeSet<u16>> {
        Mutex::new(ids.iter().copied().collect())
    }

    #[tokio::test]
    async fn the_numbers_start_at_one() {
        let ids = held(&[]);
        assert_eq!(allocate_id(&ids, 9).await, Some(1));
        assert_eq!(allocate_id(&ids, 9).await, Some(2));
    }

    #[tokio::test]
    async fn a_gap_is_filled_first() {
        let ids = held(&[1, 2, 4, 7]);
        assert_eq!(allocate_id(&ids, 9).await, Some(3));
        assert_eq!(allocate_id(&ids, 9).await, Some(5));
        assert_eq!(allocate_id(&ids, 9).await, Some(6));
        assert_eq!(allocate_id(&ids, 9).await, Some(8));
    }

    #[tokio::test]
    async fn the_highest_number_is_the_last() {
        // `max` itself is still handed out.
        let ids = held(&[1, 2]);
        assert_eq!(allocate_id(&ids, 3).await, Some(3));
        assert_eq!(allocate_id(&ids, 3).await, None);
        assert_eq!(ids.into_inner().len(), 3);
    }

    proptest! {
        #[test]
        fn an_id_is_new_and_all_below_it_are_held(
            ids in prop::collection::btree_set(1u16..12, 0..9),
        ) {
            let shared = Mutex::new(ids.clone());
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let id = runtime.block_on(allocate_id(&shared, 50)).unwrap();
            prop_assert!(!ids.contains(&id));
            prop_assert!((1..id).all(|lower| ids.contains(&lower)));
        }
    }
}
