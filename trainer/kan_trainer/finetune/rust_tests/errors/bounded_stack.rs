//! family: bounded
//! split: train

use std::fmt;

/// The stack is full; the value that found no room comes back.
#[derive(Debug, PartialEq)]
pub struct Full<T>(pub T);

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the stack is full")
    }
}

impl<T: fmt::Debug> std::error::Error for Full<T> {}

/// A stack of at most `N` values, without allocation.
pub struct Stack<T, const N: usize> {
    slots: [Option<T>; N],
    len: usize,
}

impl<T, const N: usize> Stack<T, N> {
    pub fn new() -> Self {
        Stack {
            slots: std::array::from_fn(|_| None),
            len: 0,
        }
    }

    /// Puts a value on top and returns how many there are now.
    pub fn push(&mut self, value: T) -> Result<usize, Full<T>> {
        match self.slots.get_mut(self.len) {
            Some(slot) => {
                *slot = Some(value);
                self.len += 1;
                Ok(self.len)
            }
            None => Err(Full(value)),
        }
    }

    /// Takes the value on top.
    pub fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        self.slots[self.len].take()
    }
}

impl<T, const N: usize> Default for Stack<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_value_that_finds_no_room_comes_back() {
        let mut stack = Stack::<_, 2>::new();
        assert_eq!(stack.push("a"), Ok(1));
        assert_eq!(stack.push("b"), Ok(2));
        let error = stack.push("c").unwrap_err();
        assert_eq!(error, Full("c"));
        assert_eq!(error.to_string(), "the stack is full");
    }

    #[test]
    fn the_last_value_in_is_the_first_out() {
        let mut stack = Stack::<_, 2>::default();
        stack.push(1).unwrap();
        stack.push(2).unwrap();
        assert_eq!(
            [stack.pop(), stack.pop(), stack.pop()],
            [Some(2), Some(1), None]
        );
        // Popping from the empty stack left it usable.
        assert_eq!(stack.push(3), Ok(1));
        assert_eq!(stack.pop(), Some(3));
    }

    #[test]
    fn a_stack_without_slots_is_always_full() {
        assert_eq!(Stack::<_, 0>::new().push('x'), Err(Full('x')));
    }

    proptest! {
        #[test]
        fn it_behaves_like_a_vector_of_four(values in prop::collection::vec(any::<u8>(), 0..8)) {
            let mut stack = Stack::<u8, 4>::new();
            let taken = values.iter().filter(|&&value| stack.push(value).is_ok()).count();
            prop_assert_eq!(taken, values.len().min(4));
            let popped: Vec<u8> = std::iter::from_fn(|| stack.pop()).collect();
            let expected: Vec<u8> = values[..taken].iter().rev().copied().collect();
            prop_assert_eq!(popped, expected);
        }
    }
}
