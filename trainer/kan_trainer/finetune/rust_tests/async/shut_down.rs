//! family: cancellation
//! split: train

use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{timeout_at, Instant};

/// How the tasks ended at a shutdown.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shutdown {
    pub finished: usize,
    pub failed: usize,
    pub aborted: usize,
}

/// Gives all tasks together a time of `grace` to end, and aborts those that have not by then.
pub async fn shut_down<T>(tasks: Vec<JoinHandle<T>>, grace: Duration) -> Shutdown {
    let deadline = Instant::now() + grace;
    let mut shutdown = Shutdown::default();
    for mut task in tasks {
        match timeout_at(deadline, &mut task).await {
            Ok(Ok(_)) => shutdown.finished += 1,
            Ok(Err(_)) => shutdown.failed += 1,
            Err(_) => {
                task.abort();
                shutdown.aborted += 1;
            }
        }
    }
    shutdown
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::time::sleep;

    fn sleeping(millis: u64) -> JoinHandle<()> {
        tokio::spawn(sleep(Duration::from_millis(millis)))
    }

    #[tokio::test(start_paused = true)]
    async fn the_grace_is_for_all_together() {
        let start = Instant::now();
        let tasks = vec![sleeping(90), sleeping(30), sleeping(20), sleeping(80)];
        let expected = Shutdown {
            finished: 2,
            failed: 0,
            aborted: 2,
        };
        assert_eq!(shut_down(tasks, Duration::from_millis(50)).await, expected);
        assert_eq!(start.elapsed(), Duration::from_millis(50));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panicked_has_failed() {
        let broken: JoinHandle<()> = tokio::spawn(async { panic!("broken") });
        let shutdown = shut_down(vec![broken], Duration::from_millis(1)).await;
        assert_eq!((shutdown.failed, shutdown.finished), (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn an_aborted_task_runs_no_further() {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move {
            sleep(Duration::from_secs(1)).await;
            let _ = sender.send(());
        });
        shut_down(vec![task], Duration::ZERO).await;
        // Its half of the channel was dropped, unused.
        assert!(receiver.await.is_err());
    }
}
