//! family: returned-closures
//! split: train

/// Lets `action` see only each `n`th of the values passed in and returns what it made of them.
///
/// # Panics
/// Where `n` is zero.
pub fn every_nth<T, R, F>(n: usize, mut action: F) -> impl FnMut(T) -> Option<R>
where
    F: FnMut(T) -> R,
{
    assert!(n > 0, "n must be positive");
    let mut seen = 0;
    move |value| {
        seen += 1;
        if seen < n {
            return None;
        }
        seen = 0;
        Some(action(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_action_runs_at_the_third_and_the_sixth_value() {
        let mut log = every_nth(3, |line: &str| line.len());
        let answers = ["a", "bb", "ccc", "dddd", "e", "ffffff", "g"].map(&mut log);
        assert_eq!(answers, [None, None, Some(3), None, None, Some(6), None]);
    }

    #[test]
    fn with_one_it_runs_at_every_value() {
        // The action may keep a state of its own.
        let mut total = 0;
        let mut add = every_nth(1, |n: i32| {
            total += n;
            total
        });
        assert_eq!(add(2), Some(2));
        assert_eq!(add(3), Some(5));
    }

    #[test]
    #[should_panic(expected = "n must be positive")]
    fn zero_is_refused() {
        // It panics when the closure is made, not when it is called.
        every_nth(0, |n: u8| n)(1);
    }

    proptest! {
        #[test]
        fn it_runs_once_in_n_values(n in 1usize..10, values in 0usize..60) {
            let mut act = every_nth(n, |value| value);
            let runs = (0..values).filter_map(&mut act).count();
            prop_assert_eq!(runs, values / n);
        }
    }
}
