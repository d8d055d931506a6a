//! family: bounded
//! split: train

use std::collections::VecDeque;

#[derive(Debug, PartialEq)]
pub enum QueueError {
    Full { capacity: usize },
    Closed,
}

/// A queue with room for `capacity` items. Once closed it takes nothing more, but still gives out
/// what it holds.
pub struct Queue<T> {
    items: VecDeque<T>,
    capacity: usize,
    closed: bool,
}

impl<T> Queue<T> {
    pub fn with_capacity(capacity: usize) -> Self {
        Queue {
            items: VecDeque::new(),
            capacity,
            closed: false,
        }
    }

    pub fn close(&mut self) {
        self.closed = true;
    }

    /// Puts an item at the end, if the queue is open and has room.
    pub fn push(&mut self, item: T) -> Result<(), QueueError> {
        if self.closed {
            return Err(QueueError::Closed);
        }
        if self.items.len() == self.capacity {
            return Err(QueueError::Full {
                capacity: self.capacity,
            });
        }
        self.items.push_back(item);
        Ok(())
    }

    /// Takes the first item: `Ok(None)` where one may still come, `Closed` where none ever will.
    pub fn pop(&mut self) -> Result<Option<T>, QueueError> {
        match self.items.pop_front() {
            None if self.closed => Err(QueueError::Closed),
            item => Ok(item),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_out_in_the_order_they_went_in() {
        let mut queue = Queue::with_capacity(2);
        queue.push('a').unwrap();
        queue.push('b').unwrap();
        assert_eq!([queue.pop(), queue.pop()], [Ok(Some('a')), Ok(Some('b'))]);
        assert_eq!(queue.pop(), Ok(None));
    }

    #[test]
    fn a_full_queue_takes_an_item_after_one_has_left() {
        let mut queue = Queue::with_capacity(1);
        assert_eq!(queue.push(1), Ok(()));
        assert_eq!(queue.push(2), Err(QueueError::Full { capacity: 1 }));
        queue.pop().unwrap();
        assert_eq!(queue.push(3), Ok(()));
    }

    #[test]
    fn a_closed_queue_still_gives_out_what_it_holds() {
        let mut queue = Queue::with_capacity(1);
        queue.push(1).unwrap();
        queue.close();
        // It is full as well, but being closed is what is said.
        assert_eq!(queue.push(2), Err(QueueError::Closed));
        assert_eq!(queue.pop(), Ok(Some(1)));
        assert_eq!(queue.pop(), Err(QueueError::Closed));
    }
}
