//! family: adaptors
//! split: train

/// Yields every item together with the one before it.
pub struct Pairwise<I: Iterator> {
    inner: I,
    previous: Option<I::Item>,
}

pub fn pairwise<I>(items: I) -> Pairwise<I::IntoIter>
where
    I: IntoIterator,
{
    let mut inner = items.into_iter();
    let previous = inner.next();
    Pairwise { inner, previous }
}

impl<I> Iterator for Pairwise<I>
where
    I: Iterator,
    I::Item: Clone,
{
    type Item = (I::Item, I::Item);

    fn next(&mut self) -> Option<Self::Item> {
        let current = self.inner.next()?;
        let before = self.previous.replace(current.clone())?;
        Some((before, current))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn neighbours_come_in_their_order() {
        let pairs: Vec<_> = pairwise("abc".chars()).collect();
        assert_eq!(pairs, [('a', 'b'), ('b', 'c')]);
    }

    #[test]
    fn one_item_has_no_neighbour() {
        // Two items are the fewest that make a pair.
        assert_eq!(pairwise([1]).next(), None);
        assert_eq!(pairwise(Vec::<u8>::new()).next(), None);
    }

    proptest! {
        #[test]
        fn the_pairs_are_the_windows_of_two(items in prop::collection::vec(any::<u8>(), 0..20)) {
            let windows: Vec<(u8, u8)> = items.windows(2).map(|w| (w[0], w[1])).collect();
            prop_assert_eq!(pairwise(items).collect::<Vec<_>>(), windows);
        }
    }
}
