//! family: futures
//! split: train

use std::future::poll_fn;
use std::sync::Mutex;
use std::task::{Poll, Waker};

/// A gate that is opened once, with all who wait before it.
#[derive(Default)]
pub struct Gate {
    state: Mutex<(bool, Vec<Waker>)>,
}

impl Gate {
    /// Opens the gate, wakes all who wait and returns how many those were; zero if it was open.
    pub fn open(&self) -> usize {
        let mut state = self.state.lock().unwrap();
        state.0 = true;
        let waiting = std::mem::take(&mut state.1);
        let count = waiting.len();
        waiting.into_iter().for_each(Waker::wake);
        count
    }

    /// Waits until the gate is open.
    pub async fn pass(&self) {
        poll_fn(|context| {
            let mut state = self.state.lock().unwrap();
            if state.0 {
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::Arc;
    use tokio::task::yield_now;

    #[tokio::test]
    async fn nobody_waits_at_an_open_gate() {
        let gate = Gate::default();
        assert_eq!(gate.open(), 0);
        gate.pass().await;
        assert_eq!(gate.open(), 0);
    }

    #[tokio::test]
    async fn all_who_wait_are_woken() {
        let gate = Arc::new(Gate::default());
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let gate = Arc::clone(&gate);
                tokio::spawn(async move { gate.pass().await })
            })
            .collect();
        yield_now().await;
        assert!(waiting.iter().all(|task| !task.is_finished()));
        assert_eq!(gate.open(), 3);
        for task in waiting {
            task.await.unwrap();
        }
        // Those who were woken are forgotten.
        assert_eq!(gate.open(), 0);
    }
}
