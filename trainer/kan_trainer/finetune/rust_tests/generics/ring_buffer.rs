//! family: linear-containers
//! split: train

use std::collections::VecDeque;

/// Keeps the newest `capacity` values and drops the oldest.
pub struct RingBuffer<T> {
    capacity: usize,
    values: VecDeque<T>,
}

impl<T> RingBuffer<T> {
    pub fn with_capacity(capacity: usize) -> Self {
        RingBuffer {
            capacity,
            values: VecDeque::with_capacity(capacity),
        }
    }

    /// Adds `value` and returns what had to leave for it, which is `value` itself where there is no room at all.
    pub fn push(&mut self, value: T) -> Option<T> {
        self.values.push_back(value);
        if self.values.len() > self.capacity {
            self.values.pop_front()
        } else {
            None
        }
    }

    /// The values kept, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_oldest_value_leaves_when_the_buffer_is_full() {
        // Two fit, so the third pushes out the first.
        let mut buffer = RingBuffer::with_capacity(2);
        assert_eq!(buffer.push('a'), None);
        assert_eq!(buffer.push('b'), None);
        assert_eq!(buffer.push('c'), Some('a'));
        assert_eq!(buffer.iter().collect::<String>(), "bc");
    }

    #[test]
    fn without_capacity_every_value_leaves_at_once() {
        // Capacity zero must not keep one value by mistake.
        let mut buffer = RingBuffer::with_capacity(0);
        assert_eq!(buffer.push(7), Some(7));
        assert_eq!(buffer.iter().count(), 0);
    }

    proptest! {
        #[test]
        fn it_keeps_the_tail_of_what_was_pushed(
            values in prop::collection::vec(any::<u8>(), 0..30),
            capacity in 0usize..10,
        ) {
            let mut buffer = RingBuffer::with_capacity(capacity);
            let evicted: Vec<u8> = values.iter().filter_map(|&v| buffer.push(v)).collect();
            let cut = values.len().saturating_sub(capacity);
            prop_assert_eq!(&evicted[..], &values[..cut]);
            prop_assert!(buffer.iter().eq(&values[cut..]));
        }
    }
}
