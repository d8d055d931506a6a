//! family: streams
//! split: train

use std::future::poll_fn;
use std::task::{Context, Poll};
use tokio::sync::mpsc::Receiver;

/// Takes turns between sources, so that a busy one starves nobody.
pub struct Interleave<T> {
    sources: Vec<Receiver<T>>,
    turn: usize,
}

impl<T> Interleave<T> {
    /// The first source has the first turn.
    pub fn new(sources: Vec<Receiver<T>>) -> Self {
        Interleave { sources, turn: 0 }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut asked = 0;
        while asked < self.sources.len() {
            self.turn %= self.sources.len();
            match self.sources[self.turn].poll_recv(context) {
                Poll::Ready(Some(message)) => {
                    self.turn += 1;
                    return Poll::Ready(Some(message));
                }
                Poll::Ready(None) => {
                    self.sources.remove(self.turn);
                }
                Poll::Pending => {
                    self.turn += 1;
                    asked += 1;
                }
            }
        }
        if self.sources.is_empty() {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    }

    /// A message of any source; `None` when all are closed.
    pub async fn next(&mut self) -> Option<T> {
        poll_fn(|context| self.poll_next(context)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::sync::mpsc::{channel, Sender};

    fn filled(text: &str) -> (Sender<char>, Receiver<char>) {
        let (sender, receiver) = channel(8);
        text.chars().for_each(|c| sender.try_send(c).unwrap());
        (sender, receiver)
    }

    async fn rest(mut stream: Interleave<char>) -> String {
        let mut text = String::new();
        while let Some(letter) = stream.next().await {
            text.push(letter);
        }
        text
    }

    #[tokio::test]
    async fn the_sources_take_turns_until_they_are_closed() {
        let sources = ["aaaa", "b", "cc"].map(|text| filled(text).1);
        assert_eq!(rest(Interleave::new(sources.into())).await, "abcacaa");
    }

    #[tokio::test]
    async fn an_open_but_silent_source_is_passed_over() {
        let (silent, receiver) = filled("");
        let mut stream = Interleave::new(vec![receiver, filled("xy").1]);
        assert_eq!(stream.next().await, Some('x'));
        silent.send('s').await.unwrap();
        drop(silent);
        assert_eq!(rest(stream).await, "sy");
    }

    #[tokio::test]
    async fn it_waits_when_all_are_silent() {
        let (sender, receiver) = filled("");
        let reading = tokio::spawn(rest(Interleave::new(vec![receiver])));
        tokio::task::yield_now().await;
        drop(sender);
        assert_eq!(reading.await.unwrap(), "");
    }
}
