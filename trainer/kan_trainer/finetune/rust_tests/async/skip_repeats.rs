//! family: streams
//! split: train

use std::future::poll_fn;
use std::task::{ready, Context, Poll};
use tokio::sync::mpsc::UnboundedReceiver;

/// A stream without the messages that repeat the one before, which are counted.
pub struct SkipRepeats<T> {
    source: UnboundedReceiver<T>,
    last: Option<T>,
    skipped: usize,
}

impl<T: PartialEq + Clone> SkipRepeats<T> {
    /// Makes the stream over a channel.
    pub fn new(source: UnboundedReceiver<T>) -> Self {
        SkipRepeats {
            source,
            last: None,
            skipped: 0,
        }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<(T, usize)>> {
        loop {
            let Some(message) = ready!(self.source.poll_recv(context)) else {
                return Poll::Ready(None);
            };
            if self.last.as_ref() == Some(&message) {
                self.skipped += 1;
                continue;
            }
            self.last = Some(message.clone());
            return Poll::Ready(Some((message, std::mem::take(&mut self.skipped))));
        }
    }

    /// The next message that differs, and how many repeats were skipped before it.
    pub async fn next(&mut self) -> Option<(T, usize)> {
        poll_fn(|context| self.poll_next(context)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::mpsc::unbounded_channel;

    async fn distinct(messages: &[u8]) -> Vec<(u8, usize)> {
        let (sender, receiver) = unbounded_channel();
        messages.iter().for_each(|m| sender.send(*m).unwrap());
        drop(sender);
        let mut stream = SkipRepeats::new(receiver);
        let mut all = Vec::new();
        while let Some(message) = stream.next().await {
            all.push(message);
        }
        all
    }

    #[tokio::test]
    async fn repeats_are_counted_at_the_message_after_them() {
        assert_eq!(
            distinct(&[7, 7, 7, 8, 9, 9, 7]).await,
            [(7, 0), (8, 2), (9, 0), (7, 1)]
        );
    }

    #[tokio::test]
    async fn repeats_at_the_very_end_are_lost() {
        // No other message comes that could carry their count.
        assert_eq!(distinct(&[4, 4]).await, [(4, 0)]);
        assert_eq!(distinct(&[]).await, []);
    }

    proptest! {
        #[test]
        fn it_agrees_with_dedup(messages in prop::collection::vec(0u8..3, 0..12)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let stream = runtime.block_on(distinct(&messages));
            let mut expected = messages;
            expected.dedup();
            prop_assert_eq!(stream.into_iter().map(|(m, _)| m).collect::<Vec<_>>(), expected);
        }
    }
}
