//! family: streams
//! split: train

use std::future::poll_fn;
use std::task::{ready, Context, Poll};
use tokio::sync::mpsc::UnboundedReceiver;

/// Merges two channels of ascending numbers into one ascending stream.
pub struct MergeSorted {
    sources: [UnboundedReceiver<u32>; 2],
    heads: [Option<Option<u32>>; 2],
}

impl MergeSorted {
    /// Makes the stream.
    pub fn new(left: UnboundedReceiver<u32>, right: UnboundedReceiver<u32>) -> Self {
        MergeSorted {
            sources: [left, right],
            heads: [None, None],
        }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<u32>> {
        for (source, head) in self.sources.iter_mut().zip(&mut self.heads) {
            if head.is_none() {
                *head = Some(ready!(source.poll_recv(context)));
            }
        }
        let smaller = match (self.heads[0].flatten(), self.heads[1].flatten()) {
            (Some(left), Some(right)) => usize::from(right < left),
            (Some(_), None) => 0,
            (None, _) => 1,
        };
        let next = self.heads[smaller].flatten();
        if next.is_some() {
            self.heads[smaller] = None;
        }
        Poll::Ready(next)
    }

    /// Waits for the next number; `None` when both sources have ended.
    pub async fn next(&mut self) -> Option<u32> {
        poll_fn(|context| self.poll_next(context)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::mpsc::unbounded_channel;

    async fn merged(sides: [Vec<u32>; 2]) -> Vec<u32> {
        let [left, right] = sides.map(|numbers| {
            let (sender, receiver) = unbounded_channel();
            numbers.into_iter().for_each(|n| sender.send(n).unwrap());
            receiver
        });
        let mut stream = MergeSorted::new(left, right);
        let mut all = Vec::new();
        while let Some(number) = stream.next().await {
            all.push(number);
        }
        assert_eq!(stream.next().await, None);
        all
    }

    #[tokio::test]
    async fn one_side_may_be_empty() {
        assert_eq!(merged([vec![1, 2], vec![]]).await, [1, 2]);
        assert_eq!(merged([vec![], vec![3]]).await, [3]);
    }

    proptest! {
        #[test]
        fn the_result_is_sorted_and_complete(
            mut left in prop::collection::vec(0u32..20, 0..8),
            mut right in prop::collection::vec(0u32..20, 0..8),
        ) {
            left.sort_unstable();
            right.sort_unstable();
            let mut expected = [left.clone(), right.clone()].concat();
            expected.sort_unstable();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            prop_assert_eq!(runtime.block_on(merged([left, right])), expected);
        }
    }
}
