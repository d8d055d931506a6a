//! family: timeouts
//! split: test

use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::{sleep_until, Instant};

/// Why a lease ended, with the number of renewals before.
#[derive(Debug, PartialEq, Eq)]
pub enum LeaseEnd {
    Expired(u32),
    Released(u32),
}

/// Holds a lease of `term`, which every renewal extends by the same time from its arrival on,
/// but never beyond `longest` in all. It ends early when the holder drops its side.
pub async fn hold_lease(mut renewals: Receiver<()>, term: Duration, longest: Duration) -> LeaseEnd {
    let last = Instant::now() + longest;
    let mut renewed = 0;
    loop {
        let expiry = last.min(Instant::now() + term);
        tokio::select! {
            biased;
            renewal = renewals.recv() => match renewal {
                Some(()) => renewed += 1,
                None => return LeaseEnd::Released(renewed),
            },
            () = sleep_until(expiry) => return LeaseEnd::Expired(renewed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::sync::mpsc;
    use tokio::time::sleep;

    async fn lease(pauses: Vec<u64>, release: bool) -> (LeaseEnd, u128) {
        let start = Instant::now();
        let (sender, renewals) = mpsc::channel(1);
        let holder = tokio::spawn(async move {
            for pause in pauses {
                sleep(Duration::from_millis(pause)).await;
                let _ = sender.send(()).await;
            }
            if !release {
                sender.closed().await;
            }
        });
        let (term, longest) = (Duration::from_millis(10), Duration::from_millis(35));
        let end = hold_lease(renewals, term, longest).await;
        let lasted = start.elapsed().as_millis();
        holder.abort();
        (end, lasted)
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_renewal_it_expires_after_its_term() {
        assert_eq!(lease(vec![], false).await, (LeaseEnd::Expired(0), 10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewal_counts_from_its_arrival() {
        assert_eq!(lease(vec![6, 9], false).await, (LeaseEnd::Expired(2), 25));
    }

    #[tokio::test(start_paused = true)]
    async fn no_renewal_extends_it_beyond_the_longest_time() {
        // Renewed at 8, 16, 24 and 32: the last term is cut at 35.
        assert_eq!(lease(vec![8; 9], false).await, (LeaseEnd::Expired(4), 35));
    }

    #[tokio::test(start_paused = true)]
    async fn a_holder_that_leaves_releases_it() {
        assert_eq!(lease(vec![4], true).await, (LeaseEnd::Released(1), 4));
    }
}
