//! family: channels
//! split: train

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::Sender;

/// What became of a burst of messages.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    pub sent: usize,
    pub dropped: usize,
}

/// Sends a burst without ever waiting: what finds the channel full is dropped. `Err` tells how
/// many were sent before the channel was closed.
pub fn send_or_drop<T>(
    sender: &Sender<T>,
    burst: impl IntoIterator<Item = T>,
) -> Result<Delivery, usize> {
    let mut delivery = Delivery::default();
    for message in burst {
        match sender.try_send(message) {
            Ok(()) => delivery.sent += 1,
            Err(TrySendError::Full(_)) => delivery.dropped += 1,
            Err(TrySendError::Closed(_)) => return Err(delivery.sent),
        }
    }
    Ok(delivery)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::mpsc;

    #[test]
    fn a_closed_channel_is_an_error() {
        let (sender, receiver) = mpsc::channel(2);
        drop(receiver);
        assert_eq!(send_or_drop(&sender, [1, 2]), Err(0));
    }

    #[test]
    fn the_error_counts_what_was_sent_before() {
        let (sender, mut receiver) = mpsc::channel(2);
        let burst = (0..2).inspect(|number| {
            // The channel closes between the first and the second message.
            if *number == 1 {
                receiver.close();
            }
        });
        assert_eq!(send_or_drop(&sender, burst), Err(1));
    }

    proptest! {
        #[test]
        fn the_first_messages_fill_the_channel_and_the_others_are_dropped(
            capacity in 1usize..8,
            count in 0usize..16,
        ) {
            let (sender, mut receiver) = mpsc::channel(capacity);
            let sent = count.min(capacity);
            let expected = Delivery { sent, dropped: count - sent };
            prop_assert_eq!(send_or_drop(&sender, 0..count), Ok(expected));
            let kept: Vec<usize> = std::iter::from_fn(|| receiver.try_recv().ok()).collect();
            prop_assert_eq!(kept, (0..sent).collect::<Vec<_>>());
        }
    }
}
