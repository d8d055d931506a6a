//! family: memoisers
//! split: validation

/// A value that is computed when it is first needed.
pub enum Deferred<T, F> {
    Waiting(Option<F>),
    Ready(T),
}

impl<T, F: FnOnce() -> T> Deferred<T, F> {
    pub fn new(compute: F) -> Self {
        Deferred::Waiting(Some(compute))
    }

    /// The value, computed now unless it was before.
    ///
    /// # Panics
    /// Where an earlier computation panicked.
    pub fn force(&mut self) -> &mut T {
        if let Deferred::Waiting(compute) = self {
            let compute = compute.take().expect("the computation had panicked");
            *self = Deferred::Ready(compute());
        }
        match self {
            Deferred::Ready(value) => value,
            Deferred::Waiting(_) => unreachable!("it was computed above"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_computed_on_demand_and_once() {
        let runs = std::cell::Cell::new(0);
        let mut answer = Deferred::new(|| {
            runs.set(runs.get() + 1);
            42
        });
        assert_eq!(runs.get(), 0);
        assert_eq!(*answer.force(), 42);
        assert_eq!(*answer.force(), 42);
        assert_eq!(runs.get(), 1);
    }

    #[test]
    fn a_change_of_the_value_lasts() {
        // The closure does not run again and undo it.
        let mut list = Deferred::new(|| vec![1]);
        list.force().push(2);
        assert_eq!(*list.force(), [1, 2]);
    }

    #[test]
    #[should_panic(expected = "the computation had panicked")]
    fn a_failed_computation_is_not_tried_again() {
        let mut broken = Deferred::new(|| -> u8 { panic!("first") });
        let attempt = std::panic::AssertUnwindSafe(|| *broken.force());
        assert!(std::panic::catch_unwind(attempt).is_err());
        broken.force();
    }
}
