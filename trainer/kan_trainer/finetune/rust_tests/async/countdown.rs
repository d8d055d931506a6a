//! family: futures
//! split: train

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Is pending `remaining` times, asking each time to be polled again, and then ready with the
/// number of polls that it saw.
#[derive(Debug)]
pub struct Countdown {
    remaining: u32,
    polls: u32,
}

/// Makes a countdown that is pending `times` times.
pub fn countdown(times: u32) -> Countdown {
    Countdown {
        remaining: times,
        polls: 0,
    }
}

impl Future for Countdown {
    type Output = u32;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u32> {
        self.polls += 1;
        if self.remaining == 0 {
            return Poll::Ready(self.polls);
        }
        self.remaining -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[tokio::test]
    async fn zero_times_is_ready_at_the_first_poll() {
        // The poll that finds it ready is counted too.
        assert_eq!(countdown(0).await, 1);
    }

    #[tokio::test]
    async fn a_short_countdown_overtakes_a_long_one() {
        let winner = tokio::select! {
            biased;
            polls = countdown(5) => polls,
            polls = countdown(2) => polls,
        };
        assert_eq!(winner, 3);
    }

    proptest! {
        #[test]
        fn it_is_polled_once_more_than_it_is_pending(times in 0u32..50) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            prop_assert_eq!(runtime.block_on(countdown(times)), times + 1);
        }
    }
}
