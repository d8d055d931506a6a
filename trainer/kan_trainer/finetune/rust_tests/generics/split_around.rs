//! family: grouping
//! split: validation

use std::cmp::Ordering;

/// Values below, equal to and above a pivot, each group in its order.
#[derive(Debug, PartialEq)]
pub struct Split<T> {
    pub below: Vec<T>,
    pub equal: Vec<T>,
    pub above: Vec<T>,
}

/// Splits `values` around `pivot`; those that cannot be compared with it are dropped.
pub fn split_around<T, P>(values: impl IntoIterator<Item = T>, pivot: &P) -> Split<T>
where
    T: PartialOrd<P>,
    P: ?Sized,
{
    let (mut below, mut equal, mut above) = (Vec::new(), Vec::new(), Vec::new());
    for value in values {
        match value.partial_cmp(pivot) {
            Some(Ordering::Less) => below.push(value),
            Some(Ordering::Equal) => equal.push(value),
            Some(Ordering::Greater) => above.push(value),
            None => {}
        }
    }
    Split {
        below,
        equal,
        above,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use std::path::{Path, PathBuf};

    #[test]
    fn each_group_keeps_its_order() {
        let split = split_around([5, 1, 3, 9, 3, 2], &3);
        assert_eq!(split.below, [1, 2]);
        assert_eq!(split.equal, [3, 3]);
        assert_eq!(split.above, [5, 9]);
    }

    #[test]
    fn what_cannot_be_compared_is_dropped() {
        let split = split_around([f64::NAN, 0.0, -0.0], &0.0);
        // Minus zero equals zero.
        assert_eq!(split.equal.len(), 2);
        assert!(split.below.is_empty() && split.above.is_empty());
    }

    #[test]
    fn the_pivot_may_be_unsized() {
        // A PathBuf compares with the Path that it may be borrowed as.
        let split = split_around(["a/x", "c"].map(PathBuf::from), Path::new("b"));
        assert_eq!(split.below, [Path::new("a/x")]);
        assert_eq!(split.above, [Path::new("c")]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_misplaced(values in prop::collection::vec(0u8..9, 0..20), pivot in 0u8..9) {
            let split = split_around(values.clone(), &pivot);
            prop_assert_eq!(split.below.len() + split.equal.len() + split.above.len(), values.len());
            prop_assert!(split.below.iter().all(|n| *n < pivot));
            prop_assert!(split.equal.iter().all(|n| *n == pivot));
            prop_assert!(split.above.iter().all(|n| *n > pivot));
        }
    }
}
