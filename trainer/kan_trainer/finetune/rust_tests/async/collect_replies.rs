//! family: actors
//! split: train

use tokio::sync::oneshot;

/// Waits for all replies, in the order of the questions; returns the sum of those that came and
/// the indices of those whose sender went away without an answer.
pub async fn collect_replies(replies: Vec<oneshot::Receiver<i32>>) -> (i32, Vec<usize>) {
    let mut sum = 0;
    let mut lost = Vec::new();
    for (index, reply) in replies.into_iter().enumerate() {
        match reply.await {
            Ok(value) => sum += value,
            Err(_) => lost.push(index),
        }
    }
    (sum, lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Answers where there is a value, and goes away where there is none.
    async fn replies(values: &[Option<i32>]) -> (i32, Vec<usize>) {
        let mut receivers = Vec::new();
        let mut senders = Vec::new();
        for _ in values {
            let (sender, receiver) = oneshot::channel();
            senders.push(sender);
            receivers.push(receiver);
        }
        let collecting = tokio::spawn(collect_replies(receivers));
        // The last question is answered first.
        for (sender, value) in senders.into_iter().zip(values).rev() {
            tokio::task::yield_now().await;
            if let Some(value) = value {
                sender.send(*value).unwrap();
            }
        }
        collecting.await.unwrap()
    }

    #[tokio::test]
    async fn lost_replies_are_told_by_their_index() {
        let expected = (12, vec![0, 2]);
        assert_eq!(replies(&[None, Some(5), None, Some(7)]).await, expected);
    }

    #[tokio::test]
    async fn without_questions_there_is_no_reply() {
        // Nothing is awaited, so that nothing can hang.
        assert_eq!(replies(&[]).await, (0, vec![]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_question_is_answered_or_lost(
            values in prop::collection::vec(prop::option::of(-9i32..9), 0..6),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (sum, lost) = runtime.block_on(replies(&values));
            prop_assert_eq!(sum, values.iter().flatten().sum::<i32>());
            prop_assert_eq!(lost.len(), values.iter().filter(|value| value.is_none()).count());
        }
    }
}
