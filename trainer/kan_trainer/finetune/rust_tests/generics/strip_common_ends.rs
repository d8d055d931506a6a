//! family: slice-views
//! split: test

/// What two slices differ in: both without the items that they begin and end with in common.
pub fn strip_common_ends<'a, 'b, T: PartialEq>(
    left: &'a [T],
    right: &'b [T],
) -> (&'a [T], &'b [T]) {
    let agreeing = left.iter().zip(right).take_while(|(a, b)| a == b);
    let front = agreeing.count();
    let (left, right) = (&left[front..], &right[front..]);
    let agreeing = left.iter().rev().zip(right.iter().rev());
    let back = agreeing.take_while(|(a, b)| a == b).count();
    (&left[..left.len() - back], &right[..right.len() - back])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_middle_is_left() {
        assert_eq!(
            strip_common_ends(&[1, 2, 3, 9], &[1, 5, 9]),
            (&[2, 3][..], &[5][..])
        );
    }

    #[test]
    fn equal_slices_differ_in_nothing() {
        assert_eq!(strip_common_ends(b"same", b"same"), (&b""[..], &b""[..]));
    }

    #[test]
    fn an_item_is_not_counted_at_both_ends() {
        // The one `a` of the right side is spent on the front.
        assert_eq!(strip_common_ends(b"aa", b"a"), (&b"a"[..], &b""[..]));
    }

    #[test]
    fn slices_without_common_ends_stay_whole() {
        assert_eq!(
            strip_common_ends(&["x", "y"], &["y", "x"]),
            (&["x", "y"][..], &["y", "x"][..])
        );
        assert_eq!(strip_common_ends(&[], &[1]), (&[][..], &[1][..]));
    }

    proptest! {
        #[test]
        fn the_middle_of_one_makes_it_the_other(
            left in prop::collection::vec(0u8..3, 0..8),
            right in prop::collection::vec(0u8..3, 0..8),
        ) {
            let (ours, theirs) = strip_common_ends(&left, &right);
            let front = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
            let back = &left[front + ours.len()..];
            prop_assert_eq!(&[&left[..front], theirs, back].concat(), &right);
            prop_assert!(ours.is_empty() || theirs.is_empty() || ours.last() != theirs.last());
        }
    }
}
