//! family: returned-closures
//! split: train

use std::ops::AddAssign;

/// A closure that returns `start` when first called and goes on by `step` at each call.
pub fn make_counter<T>(start: T, step: T) -> impl FnMut() -> T
where
    T: AddAssign + Copy,
{
    let mut next = start;
    move || {
        let current = next;
        next += step;
        current
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_call_returns_the_start() {
        let mut count = make_counter(10, 5);
        assert_eq!(count(), 10);
        assert_eq!(count(), 15);
        assert_eq!(count(), 20);
    }

    #[test]
    fn two_counters_do_not_share_their_count() {
        // Each closure owns its count.
        let mut left = make_counter(0, 1);
        let mut right = make_counter(0, 1);
        left();
        left();
        assert_eq!(left(), 2);
        assert_eq!(right(), 0);
    }

    #[test]
    fn it_may_count_down_and_in_fractions() {
        let mut fall = make_counter(1.0, -0.5);
        assert_eq!([fall(), fall(), fall()], [1.0, 0.5, 0.0]);
    }

    proptest! {
        #[test]
        fn the_calls_are_an_arithmetic_series(start in -100i64..100, step in -9i64..9, calls in 0i64..20) {
            let mut count = make_counter(start, step);
            for call in 0..calls {
                prop_assert_eq!(count(), start + call * step);
            }
        }
    }
}
