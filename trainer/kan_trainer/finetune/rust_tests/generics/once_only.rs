//! family: returned-closures
//! split: train

/// Wraps a function that may run once, so that later calls return `None` instead of being forbidden.
pub fn once_only<T>(function: impl FnOnce() -> T) -> impl FnMut() -> Option<T> {
    let mut waiting = Some(function);
    move || waiting.take().map(|function| function())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_call_gets_the_value() {
        let ticket = String::from("seat 12");
        let mut claim = once_only(move || ticket);
        assert_eq!(claim().as_deref(), Some("seat 12"));
        assert_eq!(claim(), None);
        assert_eq!(claim(), None);
    }

    #[test]
    fn the_function_does_not_run_before_it_is_asked() {
        let runs = std::cell::Cell::new(0);
        let mut start = once_only(|| runs.set(runs.get() + 1));
        assert_eq!(runs.get(), 0);
        start();
        start();
        assert_eq!(runs.get(), 1);
    }

    #[test]
    fn a_value_that_is_none_is_still_handed_out() {
        // Some(None) says that the function ran, None that it had run before.
        let mut call = once_only(|| None::<u8>);
        assert_eq!(call(), Some(None));
        assert_eq!(call(), None);
    }
}
