//! family: lazy-sequences
//! split: test

/// One item of a zip whose sides may differ in length.
#[derive(Clone, Debug, PartialEq)]
pub enum Side<A, B> {
    Both(A, B),
    Left(A),
    Right(B),
}

/// Zips two iterators and goes on with the longer one when the other has ended.
pub fn zip_longest<A, B>(left: A, right: B) -> impl Iterator<Item = Side<A::Item, B::Item>>
where
    A: IntoIterator,
    B: IntoIterator,
{
    let (mut left, mut right) = (left.into_iter().fuse(), right.into_iter().fuse());
    std::iter::from_fn(move || match (left.next(), right.next()) {
        (Some(a), Some(b)) => Some(Side::Both(a, b)),
        (Some(a), None) => Some(Side::Left(a)),
        (None, Some(b)) => Some(Side::Right(b)),
        (None, None) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_longer_side_goes_on_alone() {
        let left: Vec<_> = zip_longest([1, 2], ["a"]).collect();
        assert_eq!(left, [Side::Both(1, "a"), Side::Left(2)]);
        let right: Vec<_> = zip_longest(None::<u8>, "xy".chars()).collect();
        assert_eq!(right, [Side::Right('x'), Side::Right('y')]);
    }

    #[test]
    fn two_empty_sides_are_empty_together() {
        // There is no third kind of side.
        assert_eq!(zip_longest(None::<u8>, None::<u8>).next(), None);
    }

    #[test]
    fn a_side_that_wakes_up_again_stays_ended() {
        // An iterator may go on after None; zipped, it may not.
        let mut answers = [None, Some(1)].into_iter();
        let flaky = std::iter::from_fn(move || answers.next().flatten());
        let zipped: Vec<_> = zip_longest(flaky, [7, 8]).collect();
        assert_eq!(zipped, [Side::Right(7), Side::Right(8)]);
    }

    proptest! {
        #[test]
        fn both_sides_can_be_told_apart_again(
            left in prop::collection::vec(any::<u8>(), 0..10),
            right in prop::collection::vec(any::<char>(), 0..10),
        ) {
            let zipped: Vec<_> = zip_longest(left.clone(), right.clone()).collect();
            prop_assert_eq!(zipped.len(), left.len().max(right.len()));
            let (mut lefts, mut rights) = (Vec::new(), Vec::new());
            for side in zipped {
                match side {
                    Side::Both(a, b) => (lefts.push(a), rights.push(b)).0,
                    Side::Left(a) => lefts.push(a),
                    Side::Right(b) => rights.push(b),
                }
            }
            prop_assert_eq!((lefts, rights), (left, right));
        }
    }
}
