//! family: linear-containers
//! split: train

/// A first-in, first-out queue made of two vectors, each used as a stack.
#[derive(Default)]
pub struct Queue<T> {
    incoming: Vec<T>,
    outgoing: Vec<T>,
}

impl<T> Queue<T> {
    pub fn enqueue(&mut self, value: T) {
        self.incoming.push(value);
    }

    /// Takes the value that has waited longest.
    pub fn dequeue(&mut self) -> Option<T> {
        if self.outgoing.is_empty() {
            while let Some(value) = self.incoming.pop() {
                self.outgoing.push(value);
            }
        }
        self.outgoing.pop()
    }

    pub fn waiting(&self) -> usize {
        self.incoming.len() + self.outgoing.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_leave_in_the_order_they_came() {
        // The first dequeue turns the stack round.
        let mut queue = Queue::default();
        queue.enqueue("first");
        queue.enqueue("second");
        assert_eq!(queue.dequeue(), Some("first"));
        assert_eq!(queue.dequeue(), Some("second"));
        assert_eq!(queue.dequeue(), None);
    }

    #[test]
    fn a_late_value_does_not_overtake_those_already_turned_round() {
        let mut queue = Queue::default();
        queue.enqueue(1);
        queue.enqueue(2);
        assert_eq!(queue.dequeue(), Some(1));
        // 2 now sits in the outgoing stack, 3 in the incoming one.
        queue.enqueue(3);
        assert_eq!(queue.waiting(), 2);
        assert_eq!(queue.dequeue(), Some(2));
        assert_eq!(queue.dequeue(), Some(3));
        assert_eq!(queue.waiting(), 0);
    }

    proptest! {
        #[test]
        fn it_behaves_as_a_deque_does(steps in prop::collection::vec(any::<Option<u8>>(), 0..40)) {
            let mut queue = Queue::default();
            let mut model = std::collections::VecDeque::new();
            for step in steps {
                match step {
                    Some(value) => {
                        queue.enqueue(value);
                        model.push_back(value);
                    }
                    None => prop_assert_eq!(queue.dequeue(), model.pop_front()),
                }
                prop_assert_eq!(queue.waiting(), model.len());
            }
        }
    }
}
