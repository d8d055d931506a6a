//! family: futures
//! split: train

use std::future::{poll_fn, Future};
use std::task::Poll;

/// Starts a future from `make` again and again, with the number of the attempt, until `accept`
/// likes the output; at most `limit` times. Written as one state machine, without a loop of
/// `await`s.
pub async fn first_accepted<F: Future>(
    mut make: impl FnMut(u32) -> F,
    accept: impl Fn(&F::Output) -> bool,
    limit: u32,
) -> Option<F::Output> {
    let mut attempt = 0;
    let mut current = None;
    poll_fn(|context| loop {
        if attempt >= limit {
            return Poll::Ready(None);
        }
        let future = current.get_or_insert_with(|| Box::pin(make(attempt)));
        let Poll::Ready(output) = future.as_mut().poll(context) else {
            return Poll::Pending;
        };
        if accept(&output) {
            return Poll::Ready(Some(output));
        }
        attempt += 1;
        current = None;
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn square(number: u32) -> u32 {
        tokio::task::yield_now().await;
        number * number
    }

    #[tokio::test]
    async fn it_stops_at_the_first_output_that_is_liked() {
        let mut made = Vec::new();
        let make = |attempt| {
            made.push(attempt);
            square(attempt)
        };
        assert_eq!(first_accepted(make, |output| *output > 3, 9).await, Some(4));
        assert_eq!(made, [0, 1, 2]);
    }

    #[tokio::test]
    async fn a_limit_of_zero_makes_no_attempt() {
        // Not even the first future may be made.
        let make = |_| -> std::future::Ready<u32> { unreachable!() };
        assert_eq!(first_accepted(make, |_| true, 0).await, None);
    }

    proptest! {
        #[test]
        fn the_limit_decides_whether_the_target_is_reached(target in 0u32..8, limit in 0u32..10) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let accepted = first_accepted(square, |output| *output >= target * target, limit);
            let expected = (limit > target).then_some(target * target);
            prop_assert_eq!(runtime.block_on(accepted), expected);
        }
    }
}
