//! family: sorted-sequences
//! split: train

use std::cmp::Ordering;

/// The items that two rising sequences have in common; an item that both repeat is repeated.
pub fn intersect_sorted<A, B>(left: A, right: B) -> Vec<A::Item>
where
    A: IntoIterator,
    B: IntoIterator<Item = A::Item>,
    A::Item: Ord,
{
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    let mut common = Vec::new();
    let (mut a, mut b) = (left.next(), right.next());
    while let (Some(x), Some(y)) = (&a, &b) {
        match x.cmp(y) {
            Ordering::Less => a = left.next(),
            Ordering::Greater => b = right.next(),
            Ordering::Equal => {
                common.extend(a);
                (a, b) = (left.next(), right.next());
            }
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_common_items_stay() {
        assert_eq!(intersect_sorted([1, 3, 5, 7], [2, 3, 4, 7, 9]), [3, 7]);
    }

    #[test]
    fn nothing_is_in_common_with_nothing() {
        assert_eq!(intersect_sorted([], [1, 2]), []);
        assert_eq!(intersect_sorted("abc".chars(), "xyz".chars()), []);
    }

    #[test]
    fn repeats_count_as_often_as_both_have_them() {
        // The left side has one more, which finds no partner.
        assert_eq!(intersect_sorted([4, 4, 4], [4, 4]), [4, 4]);
    }

    #[test]
    fn an_endless_side_ends_with_the_other() {
        // The even numbers never end, but the list does.
        let even = (0u32..).map(|n| n * 2);
        assert_eq!(intersect_sorted(vec![3, 4, 6, 7], even), [4, 6]);
    }

    proptest! {
        #[test]
        fn sets_agree_with_it(
            left in prop::collection::btree_set(0u8..20, 0..12),
            right in prop::collection::btree_set(0u8..20, 0..12),
        ) {
            let expected: Vec<u8> = left.intersection(&right).copied().collect();
            prop_assert_eq!(intersect_sorted(left, right), expected);
        }
    }
}
