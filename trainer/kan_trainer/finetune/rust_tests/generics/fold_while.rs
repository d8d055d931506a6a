//! family: folds
//! split: train

use std::ops::ControlFlow;

/// Folds `items` until `step` breaks; what it broke or ended with is the result.
pub fn fold_while<I, A, F>(items: I, start: A, mut step: F) -> A
where
    I: IntoIterator,
    F: FnMut(A, I::Item) -> ControlFlow<A, A>,
{
    let mut state = start;
    for item in items {
        match step(state, item) {
            ControlFlow::Continue(next) => state = next,
            ControlFlow::Break(last) => return last,
        }
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum_up_to(limit: u32) -> impl FnMut(u32, u32) -> ControlFlow<u32, u32> {
        move |sum, item| {
            if sum + item > limit {
                ControlFlow::Break(sum)
            } else {
                ControlFlow::Continue(sum + item)
            }
        }
    }

    #[test]
    fn it_stops_at_the_first_break() {
        // The last 1 would fit again, but is never looked at.
        assert_eq!(fold_while([4, 5, 9, 1], 0, sum_up_to(10)), 9);
    }

    #[test]
    fn without_a_break_it_is_a_plain_fold() {
        assert_eq!(fold_while(vec![1, 2, 3], 10, sum_up_to(100)), 16);
    }

    #[test]
    fn nothing_folded_gives_the_start() {
        // The step is never called, whatever its limit.
        assert_eq!(fold_while([], 42, sum_up_to(0)), 42);
    }

    #[test]
    fn an_endless_iterator_may_be_folded() {
        let found = fold_while(1u64.., 0, |_, n| {
            if n * n > 50 {
                ControlFlow::Break(n)
            } else {
                ControlFlow::Continue(0)
            }
        });
        assert_eq!(found, 8);
    }
}
