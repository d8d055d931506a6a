//! family: watching
//! split: validation

use tokio::sync::watch::Sender;

/// Sets a watched level to `wanted`, kept between `low` and `high`, and wakes the watchers only
/// if it differs from the present one by more than `tolerance`. Returns whether it did.
pub fn set_level(
    level: &Sender<i32>,
    wanted: i32,
    (low, high): (i32, i32),
    tolerance: u32,
) -> bool {
    let wanted = wanted.max(low).min(high);
    level.send_if_modified(|current| {
        let changed = current.abs_diff(wanted) > tolerance;
        if changed {
            *current = wanted;
        }
        changed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::watch;

    #[test]
    fn a_change_wakes_the_watchers() {
        let (level, watcher) = watch::channel(0);
        assert!(set_level(&level, 5, (-10, 10), 0));
        assert!(watcher.has_changed().unwrap());
        assert_eq!(*watcher.borrow(), 5);
    }

    #[test]
    fn a_change_within_the_tolerance_is_ignored() {
        // Two apart is within it, three is not.
        let (level, watcher) = watch::channel(5);
        assert!(!set_level(&level, 7, (-10, 10), 2));
        assert!(!watcher.has_changed().unwrap());
        assert_eq!(*watcher.borrow(), 5);
        assert!(set_level(&level, 8, (-10, 10), 2));
    }

    #[test]
    fn the_same_level_is_no_change() {
        let (level, _watcher) = watch::channel(10);
        // It would be 50, but the range ends where the level stands already.
        assert!(!set_level(&level, 50, (-10, 10), 0));
    }

    proptest! {
        #[test]
        fn the_level_stays_within_its_range(
            wanted in -99i32..99,
            low in -20i32..0,
            high in 0i32..20,
        ) {
            let (level, watcher) = watch::channel(0);
            set_level(&level, wanted, (low, high), 0);
            prop_assert_eq!(*watcher.borrow(), wanted.clamp(low, high));
        }
    }
}
