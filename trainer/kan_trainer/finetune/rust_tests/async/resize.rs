//! family: semaphores
//! split: test

use tokio::sync::Semaphore;

/// Grows or shrinks a semaphore from `current` permits in all to `wanted`, where shrinking takes
/// only permits that nobody holds. Returns the number in all after it.
pub fn resize(semaphore: &Semaphore, current: usize, wanted: usize) -> usize {
    if wanted >= current {
        semaphore.add_permits(wanted - current);
        return wanted;
    }
    let mut total = current;
    while total > wanted {
        match semaphore.try_acquire() {
            Ok(permit) => permit.forget(),
            Err(_) => break,
        }
        total -= 1;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_grows_by_the_difference() {
        let semaphore = Semaphore::new(2);
        assert_eq!(resize(&semaphore, 2, 5), 5);
        assert_eq!(semaphore.available_permits(), 5);
    }

    #[test]
    fn the_same_size_changes_nothing() {
        // Adding zero permits is allowed.
        let semaphore = Semaphore::new(3);
        assert_eq!(resize(&semaphore, 3, 3), 3);
        assert_eq!(semaphore.available_permits(), 3);
    }

    #[test]
    fn permits_that_are_held_are_not_taken_away() {
        let semaphore = Semaphore::new(4);
        let held = semaphore.try_acquire_many(3).unwrap();
        // One is free, and can go.
        assert_eq!(resize(&semaphore, 4, 1), 3);
        drop(held);
        assert_eq!(semaphore.available_permits(), 3);
    }

    proptest! {
        #[test]
        fn without_holders_every_size_is_reached(current in 0usize..20, wanted in 0usize..20) {
            let semaphore = Semaphore::new(current);
            prop_assert_eq!(resize(&semaphore, current, wanted), wanted);
            prop_assert_eq!(semaphore.available_permits(), wanted);
        }
    }
}
