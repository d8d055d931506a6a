//! family: conversions
//! split: train

/// All values from `low` to `high`, both included.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval<T> {
    pub low: T,
    pub high: T,
}

/// Two ends make an interval, whichever of them comes first.
impl<T: PartialOrd> From<(T, T)> for Interval<T> {
    fn from((a, b): (T, T)) -> Self {
        if b < a {
            Interval { low: b, high: a }
        } else {
            Interval { low: a, high: b }
        }
    }
}

impl<T: PartialOrd> Interval<T> {
    /// Whether two intervals share a value; anything that turns into one may be asked about.
    pub fn meets(&self, other: impl Into<Interval<T>>) -> bool {
        let other = other.into();
        self.low <= other.high && other.low <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ends_are_put_in_order() {
        let expected = Interval { low: 1, high: 5 };
        assert_eq!(Interval::from((1, 5)), expected);
        assert_eq!(Interval::from((5, 1)), expected);
    }

    #[test]
    fn a_common_end_is_a_common_value() {
        // Both ends belong to the interval.
        let interval = Interval::from((2.0, 4.0));
        assert!(interval.meets((4.0, 9.0)));
        assert!(interval.meets((0.0, 2.0)));
        assert!(!interval.meets((4.5, 9.0)));
        assert!(!interval.meets((0.0, 1.5)));
    }

    #[test]
    fn an_interval_meets_what_lies_inside() {
        let outer = Interval::from(('a', 'z'));
        assert!(outer.meets(('m', 'n')));
        assert!(Interval::from(('n', 'm')).meets(outer));
    }

    proptest! {
        #[test]
        fn meeting_is_mutual(a in (0u8..9, 0u8..9), b in (0u8..9, 0u8..9)) {
            let (left, right) = (Interval::from(a), Interval::from(b));
            let common = (0..9).any(|n| left.meets((n, n)) && right.meets((n, n)));
            prop_assert_eq!(left.meets(right.clone()), common);
            prop_assert_eq!(right.meets(left), common);
        }
    }
}
