//! family: broadcast
//! split: test

use tokio::sync::{broadcast, mpsc};

/// Puts a question to all who listen and counts the answers until more than half of the
/// listeners agree: `Some(answer)`, or `None` when all have answered without a majority.
pub async fn ask_all(question: &broadcast::Sender<mpsc::Sender<bool>>) -> Option<bool> {
    let (sender, mut answers) = mpsc::channel(16);
    let listeners = question.send(sender).unwrap_or(0);
    let (mut yes, mut no) = (0, 0);
    while let Some(answer) = answers.recv().await {
        if answer {
            yes += 1;
        } else {
            no += 1;
        }
        if yes * 2 > listeners {
            return Some(true);
        }
        if no * 2 > listeners {
            return Some(false);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::runtime::Builder;

    /// A listener answers with `y` or `n`, or with `-` leaves without an answer.
    async fn vote(listeners: &str) -> Option<bool> {
        let (question, _) = broadcast::channel::<mpsc::Sender<bool>>(1);
        for answer in listeners.chars() {
            let mut heard = question.subscribe();
            tokio::spawn(async move {
                let reply = heard.recv().await.unwrap();
                drop(heard);
                if answer != '-' {
                    let _ = reply.send(answer == 'y').await;
                }
            });
        }
        ask_all(&question).await
    }

    #[tokio::test]
    async fn more_than_half_decide() {
        assert_eq!(vote("yny").await, Some(true));
        assert_eq!(vote("nny").await, Some(false));
        assert_eq!(vote("y").await, Some(true));
    }

    #[tokio::test]
    async fn exactly_half_is_no_majority() {
        assert_eq!(vote("ynyn").await, None);
    }

    #[tokio::test]
    async fn who_does_not_answer_still_counts_as_a_listener() {
        assert_eq!(vote("yy--").await, None);
        assert_eq!(vote("nnn--").await, Some(false));
        // Nobody listens: nobody can agree.
        assert_eq!(vote("").await, None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_result_is_that_of_a_plain_count(listeners in "[yn]{1,7}") {
            let yes = listeners.matches('y').count();
            let no = listeners.len() - yes;
            let expected = (yes != no).then_some(yes > no);
            let runtime = Builder::new_current_thread().build().unwrap();
            prop_assert_eq!(runtime.block_on(vote(&listeners)), expected);
        }
    }
}
