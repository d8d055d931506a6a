//! family: streams
//! split: train

use std::future::poll_fn;
use std::task::{ready, Context, Poll};
use tokio::sync::mpsc::UnboundedReceiver;

/// Groups messages into chunks of `size`; the last may be shorter.
pub struct ChunksOf<T> {
    source: UnboundedReceiver<T>,
    chunk: Vec<T>,
    size: usize,
}

impl<T> ChunksOf<T> {
    /// A `size` of zero counts as one.
    pub fn new(source: UnboundedReceiver<T>, size: usize) -> Self {
        ChunksOf {
            source,
            chunk: Vec::new(),
            size: size.max(1),
        }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Vec<T>>> {
        while self.chunk.len() < self.size {
            match ready!(self.source.poll_recv(context)) {
                Some(message) => self.chunk.push(message),
                None => break,
            }
        }
        let chunk = std::mem::take(&mut self.chunk);
        Poll::Ready(Some(chunk).filter(|chunk| !chunk.is_empty()))
    }

    /// The next chunk; `None` after the last.
    pub async fn next(&mut self) -> Option<Vec<T>> {
        poll_fn(|context| self.poll_next(context)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::mpsc::unbounded_channel;

    async fn chunks(count: usize, size: usize) -> Vec<Vec<usize>> {
        let (sender, receiver) = unbounded_channel();
        (0..count).for_each(|number| sender.send(number).unwrap());
        drop(sender);
        let mut stream = ChunksOf::new(receiver, size);
        let mut all = Vec::new();
        while let Some(chunk) = stream.next().await {
            all.push(chunk);
        }
        all
    }

    #[tokio::test]
    async fn a_size_of_zero_gives_single_messages() {
        assert_eq!(chunks(2, 0).await, [[0], [1]]);
    }

    #[tokio::test]
    async fn an_incomplete_chunk_survives_a_cancelled_wait() {
        let (sender, receiver) = unbounded_channel();
        let mut stream = ChunksOf::new(receiver, 2);
        sender.send('a').unwrap();
        let early = tokio::select! {
            biased;
            chunk = stream.next() => chunk,
            () = std::future::ready(()) => None,
        };
        assert_eq!(early, None);
        // The 'a' was taken from the channel already.
        sender.send('b').unwrap();
        assert_eq!(stream.next().await, Some(vec!['a', 'b']));
    }

    proptest! {
        #[test]
        fn it_agrees_with_slices(count in 0usize..15, size in 1usize..6) {
            let numbers: Vec<usize> = (0..count).collect();
            let expected: Vec<_> = numbers.chunks(size).map(<[usize]>::to_vec).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            prop_assert_eq!(runtime.block_on(chunks(count, size)), expected);
        }
    }
}
