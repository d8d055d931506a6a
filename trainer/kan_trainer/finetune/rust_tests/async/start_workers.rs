//! family: actors
//! split: train

use tokio::sync::{mpsc, oneshot};

/// A job with the place for its result.
pub type Job = (u64, oneshot::Sender<(usize, u64)>);

/// Starts `count` workers and deals the jobs out to them in turn; each squares its numbers and
/// answers with its own index. Returns the sender for jobs.
pub fn start_workers(count: usize) -> mpsc::Sender<Job> {
    let workers: Vec<mpsc::Sender<Job>> = (0..count)
        .map(|index| {
            let (sender, mut jobs) = mpsc::channel::<Job>(8);
            tokio::spawn(async move {
                while let Some((number, reply)) = jobs.recv().await {
                    let _ = reply.send((index, number * number));
                }
            });
            sender
        })
        .collect();
    let (sender, mut jobs) = mpsc::channel(8);
    tokio::spawn(async move {
        let mut turns = (0..count).cycle();
        while let (Some(job), Some(turn)) = (jobs.recv().await, turns.next()) {
            let _ = workers[turn].send(job).await;
        }
    });
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn squares(workers: usize, numbers: std::ops::Range<u64>) -> Vec<(usize, u64)> {
        let sender = start_workers(workers);
        let mut replies = Vec::new();
        for number in numbers {
            let (reply, result) = oneshot::channel();
            sender.send((number, reply)).await.unwrap();
            replies.push(result);
        }
        let mut results = Vec::new();
        for result in replies {
            results.push(result.await.unwrap());
        }
        results
    }

    #[tokio::test]
    async fn the_workers_take_turns() {
        let expected = [(0, 9), (1, 16), (2, 25), (0, 36)];
        assert_eq!(squares(3, 3..7).await, expected);
    }

    #[tokio::test]
    async fn a_single_worker_does_all_jobs() {
        assert_eq!(squares(1, 0..3).await, [(0, 0), (0, 1), (0, 4)]);
    }

    #[tokio::test]
    async fn without_workers_a_job_is_dropped() {
        let (reply, result) = oneshot::channel();
        start_workers(0).send((1, reply)).await.unwrap();
        // Nobody answers, but nobody waits for ever either.
        assert!(result.await.is_err());
    }
}
