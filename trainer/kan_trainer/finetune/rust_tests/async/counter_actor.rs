//! family: actors
//! split: train

use tokio::sync::{mpsc, oneshot};

/// What the owner of the counter can be asked.
pub enum Command {
    Add(i64),
    Get(oneshot::Sender<i64>),
    Reset(oneshot::Sender<i64>),
}

/// Owns a counter and obeys commands until all senders have gone; returns the last value and
/// how many commands there were. `Reset` answers with the value before it.
pub async fn run_counter(mut commands: mpsc::Receiver<Command>) -> (i64, usize) {
    let mut value: i64 = 0;
    let mut count = 0;
    while let Some(command) = commands.recv().await {
        count += 1;
        match command {
            Command::Add(amount) => value = value.saturating_add(amount),
            // Nobody has to wait for the answer any more.
            Command::Get(reply) => drop(reply.send(value)),
            Command::Reset(reply) => drop(reply.send(std::mem::take(&mut value))),
        }
    }
    (value, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::runtime::Builder;

    async fn ask(
        sender: &mpsc::Sender<Command>,
        command: fn(oneshot::Sender<i64>) -> Command,
    ) -> i64 {
        let (reply, answer) = oneshot::channel();
        sender.send(command(reply)).await.ok().unwrap();
        answer.await.unwrap()
    }

    #[tokio::test]
    async fn commands_are_obeyed_in_their_order() {
        // `Reset` tells the value from before it was reset.
        let (sender, commands) = mpsc::channel(4);
        let counter = tokio::spawn(run_counter(commands));
        sender.send(Command::Add(5)).await.ok().unwrap();
        assert_eq!(ask(&sender, Command::Get).await, 5);
        assert_eq!(ask(&sender, Command::Reset).await, 5);
        assert_eq!(ask(&sender, Command::Get).await, 0);
        drop(sender);
        assert_eq!(counter.await.unwrap(), (0, 4));
    }

    #[tokio::test]
    async fn who_does_not_wait_for_the_answer_does_no_harm() {
        let (sender, commands) = mpsc::channel(4);
        let (reply, answer) = oneshot::channel();
        drop(answer);
        sender.send(Command::Get(reply)).await.ok().unwrap();
        sender.send(Command::Add(-2)).await.ok().unwrap();
        drop(sender);
        assert_eq!(run_counter(commands).await, (-2, 2));
    }

    proptest! {
        #[test]
        fn the_last_value_is_the_sum(amounts in prop::collection::vec(-100i64..100, 0..12)) {
            let (sender, commands) = mpsc::channel(16);
            for amount in &amounts {
                sender.try_send(Command::Add(*amount)).ok().unwrap();
            }
            drop(sender);
            let runtime = Builder::new_current_thread().build().unwrap();
            let result = runtime.block_on(run_counter(commands));
            prop_assert_eq!(result, (amounts.iter().sum(), amounts.len()));
        }
    }
}
