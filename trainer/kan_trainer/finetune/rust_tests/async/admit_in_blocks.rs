//! family: semaphores
//! split: test

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What became of a request for room.
#[derive(Debug)]
pub enum Admission {
    Admitted(OwnedSemaphorePermit),
    Busy { free: usize },
    TooLarge,
}

/// Asks for room for `bytes` out of `capacity`, in blocks of 4096 bytes and without waiting;
/// even an empty request takes one block.
pub fn admit(room: &Arc<Semaphore>, capacity: usize, bytes: usize) -> Admission {
    let blocks = bytes.max(1).div_ceil(4096);
    if blocks > capacity {
        return Admission::TooLarge;
    }
    match room.clone().try_acquire_many_owned(blocks as u32) {
        Ok(permit) => Admission::Admitted(permit),
        Err(_) => Admission::Busy {
            free: room.available_permits(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn left(room: &Arc<Semaphore>, capacity: usize, bytes: usize) -> Option<usize> {
        match admit(room, capacity, bytes) {
            Admission::Admitted(permit) => {
                permit.forget();
                Some(room.available_permits())
            }
            _ => None,
        }
    }

    #[test]
    fn room_is_given_in_whole_blocks() {
        let room = Arc::new(Semaphore::new(10));
        assert_eq!(left(&room, 10, 4096), Some(9));
        assert_eq!(left(&room, 10, 4097), Some(7));
        // Nothing is not for nothing.
        assert_eq!(left(&room, 10, 0), Some(6));
    }

    #[test]
    fn a_request_that_can_never_fit_is_told_so() {
        let room = Arc::new(Semaphore::new(2));
        assert!(matches!(admit(&room, 2, 2 * 4096 + 1), Admission::TooLarge));
        assert_eq!(left(&room, 2, 2 * 4096), Some(0));
    }

    #[test]
    fn a_busy_room_tells_what_is_free() {
        let room = Arc::new(Semaphore::new(3));
        let held = admit(&room, 3, 2 * 4096);
        assert!(matches!(admit(&room, 3, 5000), Admission::Busy { free: 1 }));
        // What is given back can be had again.
        drop(held);
        assert!(matches!(admit(&room, 3, 5000), Admission::Admitted(_)));
    }

    proptest! {
        #[test]
        fn the_blocks_hold_the_bytes_with_less_than_one_to_spare(bytes in 1usize..40_000) {
            let room = Arc::new(Semaphore::new(10));
            let held = (10 - left(&room, 10, bytes).unwrap()) * 4096;
            prop_assert!(held >= bytes && held - bytes < 4096);
        }
    }
}
