//! family: phantom-types
//! split: train

use std::cmp::Ordering;

/// An optional value that is ordered after every value where it is missing; `Option` itself puts `None` first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoneLast<T>(pub Option<T>);

impl<T: Ord> Ord for NoneLast<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Some(left), Some(right)) => left.cmp(right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

impl<T: Ord> PartialOrd for NoneLast<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_keep_their_own_order() {
        // Only missing values are moved.
        assert!(NoneLast(Some(1)) < NoneLast(Some(2)));
        assert!(NoneLast(Some("b")) > NoneLast(Some("a")));
    }

    #[test]
    fn nothing_comes_after_even_the_greatest_value() {
        assert!(NoneLast(Some(u8::MAX)) < NoneLast(None));
        assert!(NoneLast(None) > NoneLast(Some(u8::MAX)));
        assert_eq!(NoneLast::<u8>(None).cmp(&NoneLast(None)), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn sorting_moves_the_gaps_to_the_end(mut cells in prop::collection::vec(any::<Option<u8>>(), 0..12)) {
            let mut values: Vec<u8> = cells.iter().copied().flatten().collect();
            values.sort_unstable();
            cells.sort_by_key(|cell| NoneLast(*cell));
            let (full, gaps) = cells.split_at(values.len());
            prop_assert!(full.iter().copied().eq(values.into_iter().map(Some)));
            prop_assert!(gaps.iter().all(Option::is_none));
        }
    }
}
