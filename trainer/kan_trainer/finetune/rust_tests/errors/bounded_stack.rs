//! family: bounded
//! split: train

/// The stack is full; the value that found no room comes back.
#[derive(Debug, PartialEq)]
pub struct Full<T>(pub T);

/// A stack of at most `N` values, without allocation.
pub struct Stack<T, const N: usize> {
    slots: [Option<T>; N],
    len: usize,
}

impl<T, const N: usize> Stack<T, N> {
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
        Stack {
            slots: std::array::from_fn(|_| None),
            len: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_value_that_finds_no_room_comes_back() {
        let mut stack = Stack::<_, 2>::default();
        assert_eq!(stack.push("a"), Ok(1));
        assert_eq!(stack.push("b"), Ok(2));
        assert_eq!(stack.push("c"), Err(Full("c")));
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
    }

    #[test]
    fn a_stack_without_slots_is_always_full() {
        assert_eq!(Stack::<_, 0>::default().push('x'), Err(Full('x')));
    }

    proptest! {
        #[test]
        fn it_behaves_like_a_vector_of_four(values in prop::collection::vec(any::<u8>(), 0..8)) {
            let mut stack = Stack::<u8, 4>::default();
            let taken = values.iter().filter(|&&value| stack.push(value).is_ok()).count();
            prop_assert_eq!(taken, values.len().min(4));
            let popped: Vec<u8> = std::iter::from_fn(|| stack.pop()).collect();
            let expected: Vec<u8> = values[..taken].iter().rev().copied().collect();
            prop_assert_eq!(popped, expected);
        }
    }
}
