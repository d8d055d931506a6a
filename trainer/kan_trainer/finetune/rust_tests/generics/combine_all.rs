//! family: monoids
//! split: test

/// A type whose values combine, with one that changes nothing.
pub trait Monoid: Sized {
    const NEUTRAL: Self;

    fn combine(self, other: Self) -> Self;
}

/// Holds where every part holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct All(pub bool);

impl Monoid for All {
    const NEUTRAL: Self = All(true);

    fn combine(self, other: Self) -> Self {
        All(self.0 && other.0)
    }
}

/// Pairs combine side by side.
impl<A: Monoid, B: Monoid> Monoid for (A, B) {
    const NEUTRAL: Self = (A::NEUTRAL, B::NEUTRAL);

    fn combine(self, other: Self) -> Self {
        (self.0.combine(other.0), self.1.combine(other.1))
    }
}

/// Combines everything that `measure` makes of the items, from the left.
pub fn combine_all<T, M: Monoid>(items: &[T], measure: impl Fn(&T) -> M) -> M {
    items.iter().map(measure).fold(M::NEUTRAL, M::combine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Monoid for String {
        const NEUTRAL: Self = String::new();

        fn combine(self, other: Self) -> Self {
            self + &other
        }
    }

    #[test]
    fn all_holds_of_nothing() {
        assert_eq!(combine_all(&[] as &[u8], |n| All(*n > 0)), All(true));
    }

    #[test]
    fn one_exception_is_enough() {
        assert_eq!(combine_all(&[1, 2, 0], |n| All(*n > 0)), All(false));
        assert_eq!(combine_all(&[0, 2, 1], |n| All(*n > 0)), All(false));
        assert_eq!(combine_all(&[1, 2, 3], |n| All(*n > 0)), All(true));
    }

    #[test]
    fn the_order_of_the_items_is_kept() {
        // Joining texts is associative, but does not commute.
        assert_eq!(combine_all(&[1, 2, 3], |n| n.to_string()), "123");
    }

    #[test]
    fn two_measures_are_taken_at_once() {
        let measure = |word: &&str| (All(word.len() == 1), word.to_string());
        assert_eq!(
            combine_all(&["a", "b"], measure),
            (All(true), "ab".to_string())
        );
        assert_eq!(
            combine_all(&["a", "bc"], measure),
            (All(false), "abc".to_string())
        );
    }

    proptest! {
        #[test]
        fn cutting_the_items_changes_nothing(items in prop::collection::vec(0u8..9, 0..10), cut in 0usize..10) {
            let (left, right) = items.split_at(cut.min(items.len()));
            let measure = |n: &u8| (n.to_string(), All(*n < 8));
            let parts = combine_all(left, measure).combine(combine_all(right, measure));
            prop_assert_eq!(parts, combine_all(&items, measure));
        }
    }
}
