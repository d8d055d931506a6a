//! family: select
//! split: train

use tokio::sync::{mpsc, oneshot};

/// How a counting loop ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ending {
    Stopped(usize),
    SourceClosed(usize),
}

/// Counts the events until `stop` is sent or dropped, or until no event can come any more. An
/// order to stop goes before the events that still wait.
pub async fn count_until_stop(
    mut events: mpsc::Receiver<()>,
    mut stop: oneshot::Receiver<()>,
) -> Ending {
    let mut count = 0;
    loop {
        tokio::select! {
            biased;
            _ = &mut stop => return Ending::Stopped(count),
            event = events.recv() => match event {
                Some(()) => count += 1,
                None => return Ending::SourceClosed(count),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_counts_until_the_source_closes() {
        let (sender, events) = mpsc::channel(4);
        let (_stop, stopped) = oneshot::channel();
        sender.send(()).await.unwrap();
        sender.send(()).await.unwrap();
        drop(sender);
        assert_eq!(
            count_until_stop(events, stopped).await,
            Ending::SourceClosed(2)
        );
    }

    #[tokio::test]
    async fn the_order_to_stop_goes_first() {
        let (sender, events) = mpsc::channel(4);
        let (stop, stopped) = oneshot::channel();
        sender.send(()).await.unwrap();
        stop.send(()).unwrap();
        assert_eq!(count_until_stop(events, stopped).await, Ending::Stopped(0));
    }

    #[tokio::test]
    async fn dropping_the_stop_handle_stops_too() {
        let (sender, events) = mpsc::channel(4);
        let (stop, stopped) = oneshot::channel::<()>();
        let counting = tokio::spawn(count_until_stop(events, stopped));
        sender.send(()).await.unwrap();
        // Let the loop take the event before the handle goes.
        tokio::task::yield_now().await;
        drop(stop);
        assert_eq!(counting.await.unwrap(), Ending::Stopped(1));
    }
}
