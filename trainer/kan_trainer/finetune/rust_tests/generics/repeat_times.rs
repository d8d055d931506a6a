//! family: adaptors
//! split: train

/// Runs through a cloneable iterator a fixed number of times.
pub struct RepeatTimes<I> {
    original: I,
    current: I,
    rounds_left: usize,
}

pub fn repeat_times<I: Iterator + Clone>(items: I, rounds: usize) -> RepeatTimes<I> {
    RepeatTimes {
        current: items.clone(),
        original: items,
        rounds_left: rounds,
    }
}

impl<I: Iterator + Clone> Iterator for RepeatTimes<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        while self.rounds_left > 0 {
            if let Some(item) = self.current.next() {
                return Some(item);
            }
            self.rounds_left -= 1;
            self.current = self.original.clone();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_rounds_say_it_three_times() {
        let song: String = repeat_times("la ".chars(), 3).collect();
        assert_eq!(song, "la la la ");
    }

    #[test]
    fn no_round_yields_nothing() {
        // The items are there, but are never asked for.
        assert_eq!(repeat_times(1..5, 0).next(), None);
    }

    #[test]
    fn an_empty_iterator_ends_in_spite_of_many_rounds() {
        // `cycle().take(n)` would do, were it not for this case.
        assert_eq!(repeat_times(0..0, 1000).next(), None);
    }

    proptest! {
        #[test]
        fn it_agrees_with_repeating_the_slice(items in prop::collection::vec(any::<u8>(), 0..6), rounds in 0usize..5) {
            let expected = items.repeat(rounds);
            prop_assert_eq!(repeat_times(items.into_iter(), rounds).collect::<Vec<_>>(), expected);
        }
    }
}
