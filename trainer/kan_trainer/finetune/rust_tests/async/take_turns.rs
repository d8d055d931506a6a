//! family: signals
//! split: train

use std::sync::Arc;
use tokio::sync::{Mutex, Notify};

/// Lets `players` tasks say their letter in a fixed order, `rounds` times: each waits until the
/// one before has called it.
pub async fn take_turns(players: usize, rounds: usize) -> String {
    let said = Arc::new(Mutex::new(String::new()));
    let bells: Vec<_> = (0..players).map(|_| Arc::new(Notify::new())).collect();
    let tasks: Vec<_> = (0..players)
        .map(|index| {
            let (mine, next) = (bells[index].clone(), bells[(index + 1) % players].clone());
            let said = said.clone();
            tokio::spawn(async move {
                for _ in 0..rounds {
                    mine.notified().await;
                    said.lock().await.push(char::from(b'a' + index as u8));
                    next.notify_one();
                }
            })
        })
        .collect();
    if let Some(first) = bells.first() {
        first.notify_one();
    }
    for task in tasks {
        task.await.expect("a player panicked");
    }
    let text = said.lock().await.clone();
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[tokio::test]
    async fn the_letters_come_round_in_order() {
        assert_eq!(take_turns(3, 2).await, "abcabc");
    }

    #[tokio::test]
    async fn a_single_player_calls_itself() {
        // Its right neighbour is the player itself.
        assert_eq!(take_turns(1, 4).await, "aaaa");
    }

    #[tokio::test]
    async fn without_players_or_rounds_nothing_is_said() {
        assert_eq!(take_turns(0, 5).await, "");
        assert_eq!(take_turns(5, 0).await, "");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_round_is_the_same(players in 1usize..5, rounds in 0usize..5) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let said = runtime.block_on(take_turns(players, rounds));
            prop_assert_eq!(said, "abcde"[..players].repeat(rounds));
        }
    }
}
