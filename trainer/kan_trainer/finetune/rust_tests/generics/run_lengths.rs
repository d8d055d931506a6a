//! family: lazy-sequences
//! split: test

/// Counts how often each item comes in a row, lazily.
pub struct RunLengths<I: Iterator> {
    inner: std::iter::Peekable<I>,
}

/// Adds `run_lengths` to every iterator of comparable items.
pub trait RunLengthsExt: Iterator + Sized
where
    Self::Item: PartialEq,
{
    fn run_lengths(self) -> RunLengths<Self> {
        RunLengths {
            inner: self.peekable(),
        }
    }
}

impl<I: Iterator> RunLengthsExt for I where I::Item: PartialEq {}

impl<I: Iterator> Iterator for RunLengths<I>
where
    I::Item: PartialEq,
{
    type Item = (I::Item, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.inner.next()?;
        let mut length = 1;
        while self.inner.next_if_eq(&item).is_some() {
            length += 1;
        }
        Some((item, length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_run_is_counted() {
        let runs: Vec<_> = "aaabcc".chars().run_lengths().collect();
        assert_eq!(runs, [('a', 3), ('b', 1), ('c', 2)]);
    }

    #[test]
    fn an_item_that_comes_back_begins_a_new_run() {
        assert!([1, 2, 1]
            .into_iter()
            .run_lengths()
            .eq([(1, 1), (2, 1), (1, 1)]));
    }

    #[test]
    fn nothing_has_no_runs() {
        assert_eq!(std::iter::empty::<u8>().run_lengths().next(), None);
    }

    #[test]
    fn a_nan_is_a_run_of_its_own() {
        // NaN differs even from the NaN before it.
        assert_eq!([f64::NAN, f64::NAN].into_iter().run_lengths().count(), 2);
    }

    proptest! {
        #[test]
        fn repeating_the_items_brings_them_back(items in prop::collection::vec(0u8..3, 0..30)) {
            let runs: Vec<(u8, usize)> = items.iter().copied().run_lengths().collect();
            prop_assert!(runs.windows(2).all(|pair| pair[0].0 != pair[1].0));
            let again: Vec<u8> = runs.into_iter().flat_map(|(item, n)| vec![item; n]).collect();
            prop_assert_eq!(again, items);
        }
    }
}
