//! family: streams
//! split: train

use std::future::poll_fn;
use std::task::{ready, Poll};
use tokio::sync::mpsc::Receiver;

/// Passes strings on until their bytes would exceed `budget`; the string that does not fit is
/// kept in `leftover` and ends the stream.
pub struct TakeBudget {
    pub source: Receiver<String>,
    pub budget: usize,
    pub leftover: Option<String>,
}

impl TakeBudget {
    /// The next string that fits; `None` at the end of the source or of the budget.
    pub async fn next(&mut self) -> Option<String> {
        poll_fn(|context| {
            if self.leftover.is_some() {
                return Poll::Ready(None);
            }
            let message = ready!(self.source.poll_recv(context));
            Poll::Ready(message.and_then(|text| {
                if text.len() > self.budget {
                    self.leftover = Some(text);
                    return None;
                }
                self.budget -= text.len();
                Some(text)
            }))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::sync::mpsc::channel;

    fn stream(texts: &[&str], budget: usize) -> TakeBudget {
        let (sender, source) = channel(8);
        for text in texts {
            sender.try_send(text.to_string()).unwrap();
        }
        TakeBudget {
            source,
            budget,
            leftover: None,
        }
    }

    #[tokio::test]
    async fn what_fits_exactly_is_passed_on() {
        let mut texts = stream(&["abc", "de", "f"], 5);
        assert_eq!(texts.next().await.as_deref(), Some("abc"));
        assert_eq!(texts.next().await.as_deref(), Some("de"));
        assert_eq!(texts.next().await, None);
        assert_eq!(texts.leftover.as_deref(), Some("f"));
    }

    #[tokio::test]
    async fn after_the_leftover_nothing_more_is_taken() {
        let mut texts = stream(&["long", "s"], 2);
        assert_eq!(texts.next().await, None);
        // The short one would fit, but it must not overtake.
        assert_eq!(texts.next().await, None);
        assert_eq!(texts.source.recv().await.as_deref(), Some("s"));
    }

    #[tokio::test]
    async fn a_closed_source_leaves_no_leftover() {
        let mut texts = stream(&[""], 0);
        assert_eq!(texts.next().await.as_deref(), Some(""));
        assert_eq!(texts.next().await, None);
        assert_eq!(texts.leftover, None);
    }
}
