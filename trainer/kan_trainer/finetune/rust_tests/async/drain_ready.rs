//! family: channels
//! split: train

use tokio::sync::mpsc::Receiver;

/// Takes the messages that already wait in `receiver`, at most `limit`, without waiting for more.
pub fn drain_ready<T>(receiver: &mut Receiver<T>, limit: usize) -> Vec<T> {
    let mut taken = Vec::new();
    while taken.len() < limit {
        match receiver.try_recv() {
            Ok(message) => taken.push(message),
            Err(_) => break,
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::mpsc;

    #[test]
    fn an_empty_channel_gives_nothing() {
        // The sender is alive: a receiver that waited would hang here.
        let (_sender, mut receiver) = mpsc::channel::<u8>(4);
        assert!(drain_ready(&mut receiver, 3).is_empty());
    }

    #[test]
    fn a_limit_of_zero_leaves_the_messages_where_they_are() {
        let (sender, mut receiver) = mpsc::channel(4);
        sender.try_send(7).unwrap();
        assert!(drain_ready(&mut receiver, 0).is_empty());
        assert_eq!(receiver.try_recv(), Ok(7));
    }

    proptest! {
        #[test]
        fn what_is_taken_and_what_is_left_make_up_all(
            sent in prop::collection::vec(any::<u8>(), 0..12),
            limit in 0usize..15,
        ) {
            let (sender, mut receiver) = mpsc::channel(16);
            for message in &sent {
                sender.try_send(*message).unwrap();
            }
            let taken = drain_ready(&mut receiver, limit);
            prop_assert_eq!(taken.len(), sent.len().min(limit));
            let rest = drain_ready(&mut receiver, 16);
            prop_assert_eq!([taken, rest].concat(), sent);
        }
    }
}
