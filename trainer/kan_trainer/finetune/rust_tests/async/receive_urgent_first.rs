//! family: select
//! split: train

use tokio::sync::mpsc::Receiver;

/// Receives one message, an urgent one before a normal one; the flag tells whether it was
/// urgent. `None` once both channels are closed and empty.
pub async fn receive_urgent_first<T>(
    urgent: &mut Receiver<T>,
    normal: &mut Receiver<T>,
) -> Option<(T, bool)> {
    tokio::select! {
        biased;
        Some(message) = urgent.recv() => Some((message, true)),
        Some(message) = normal.recv() => Some((message, false)),
        else => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::sync::mpsc;

    #[tokio::test]
    async fn an_urgent_message_overtakes() {
        let (urgent_sender, mut urgent) = mpsc::channel(4);
        let (normal_sender, mut normal) = mpsc::channel(4);
        normal_sender.send("n").await.unwrap();
        urgent_sender.send("u").await.unwrap();
        assert_eq!(
            receive_urgent_first(&mut urgent, &mut normal).await,
            Some(("u", true))
        );
        assert_eq!(
            receive_urgent_first(&mut urgent, &mut normal).await,
            Some(("n", false))
        );
    }

    #[tokio::test]
    async fn a_closed_urgent_channel_does_not_hide_the_normal_one() {
        let (sender, mut urgent) = mpsc::channel::<u8>(1);
        drop(sender);
        let (normal_sender, mut normal) = mpsc::channel(1);
        normal_sender.send(3).await.unwrap();
        drop(normal_sender);
        assert_eq!(
            receive_urgent_first(&mut urgent, &mut normal).await,
            Some((3, false))
        );
        // Now both are closed and empty.
        assert_eq!(receive_urgent_first(&mut urgent, &mut normal).await, None);
    }
}
