//! family: linear-containers
//! split: train

/// A stack that knows its least value at any time.
#[derive(Default)]
pub struct MinStack<T> {
    items: Vec<T>,
    minima: Vec<T>,
}

impl<T: PartialOrd + Clone> MinStack<T> {
    pub fn push(&mut self, value: T) {
        if self.minima.last().is_none_or(|least| value <= *least) {
            self.minima.push(value.clone());
        }
        self.items.push(value);
    }

    pub fn pop(&mut self) -> Option<T> {
        let value = self.items.pop()?;
        if self.minima.last() == Some(&value) {
            self.minima.pop();
        }
        Some(value)
    }

    /// The least value on the stack.
    pub fn min(&self) -> Option<&T> {
        self.minima.last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_stack_has_no_minimum() {
        let mut stack = MinStack::<f64>::default();
        assert_eq!(stack.min(), None);
        assert_eq!(stack.pop(), None);
    }

    #[test]
    fn a_minimum_pushed_twice_outlives_its_first_pop() {
        // With `<` in place of `<=` the second 3 would be forgotten.
        let mut stack = MinStack::default();
        for value in [5, 3, 3] {
            stack.push(value);
        }
        assert_eq!(stack.pop(), Some(3));
        assert_eq!(stack.min(), Some(&3));
        assert_eq!(stack.pop(), Some(3));
        assert_eq!(stack.min(), Some(&5));
    }

    proptest! {
        #[test]
        fn the_minimum_is_that_of_what_is_left(
            values in prop::collection::vec(-5i32..5, 0..20),
            pops in 0usize..20,
        ) {
            let mut stack = MinStack::default();
            for value in &values {
                stack.push(*value);
            }
            for _ in 0..pops {
                stack.pop();
            }
            let left = &values[..values.len().saturating_sub(pops)];
            prop_assert_eq!(stack.min(), left.iter().min());
        }
    }
}
