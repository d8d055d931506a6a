//! family: linear-containers
//! split: train

/// A stack that holds at most `N` values.
#[derive(Debug, Default)]
pub struct BoundedStack<T, const N: usize> {
    items: Vec<T>,
}

impl<T, const N: usize> BoundedStack<T, N> {
    /// Puts `value` on top, or hands it back where the stack is full.
    pub fn push(&mut self, value: T) -> Result<(), T> {
        if self.items.len() >= N {
            return Err(value);
        }
        self.items.push(value);
        Ok(())
    }

    /// Takes the topmost value off; `None` from an empty stack.
    pub fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_in_is_the_first_out() {
        let mut stack = BoundedStack::<&str, 3>::default();
        assert_eq!(stack.push("plate"), Ok(()));
        assert_eq!(stack.push("cup"), Ok(()));
        assert_eq!(stack.pop(), Some("cup"));
        assert_eq!(stack.pop(), Some("plate"));
        assert_eq!(stack.pop(), None);
    }

    #[test]
    fn a_full_stack_hands_the_value_back() {
        // The value is returned, so that nothing is lost.
        let mut stack = BoundedStack::<i32, 2>::default();
        assert_eq!(stack.push(1), Ok(()));
        assert_eq!(stack.push(2), Ok(()));
        assert_eq!(stack.push(3), Err(3));
        assert_eq!(stack.pop(), Some(2));
    }

    #[test]
    fn a_stack_of_no_room_takes_nothing() {
        // N = 0 is a legal type, if a useless one.
        let mut stack = BoundedStack::<char, 0>::default();
        assert_eq!(stack.push('x'), Err('x'));
        assert_eq!(stack.pop(), None);
    }
}
