//! family: sorted-sequences
//! split: train

/// Merges two slices, each sorted by `key`, into one sorted list; of equals the left ones come first.
pub fn merge_by_key<'a, T, K, F>(left: &'a [T], right: &'a [T], key: F) -> Vec<&'a T>
where
    K: Ord,
    F: Fn(&T) -> K,
{
    let mut merged = Vec::new();
    let mut right = right.iter().peekable();
    for item in left {
        while let Some(earlier) = right.next_if(|other| key(other) < key(item)) {
            merged.push(earlier);
        }
        merged.push(item);
    }
    merged.extend(right);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_lists_become_one() {
        let merged = merge_by_key(&[1, 4, 6], &[2, 3, 9], |n| *n);
        assert_eq!(merged, [&1, &2, &3, &4, &6, &9]);
    }

    #[test]
    fn of_equals_the_left_one_comes_first() {
        // All but the last have the same length.
        let merged = merge_by_key(&["bb", "cc"], &["aa", "x"], |word| 9 - word.len());
        assert_eq!(merged, [&"bb", &"cc", &"aa", &"x"]);
    }

    #[test]
    fn an_empty_side_adds_nothing() {
        assert_eq!(merge_by_key(&[], &[1, 2], |n| *n), [&1, &2]);
        assert_eq!(merge_by_key(&[1, 2], &[], |n| *n), [&1, &2]);
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_stable_sort(
            mut left in prop::collection::vec((0u8..6, Just('l')), 0..10),
            mut right in prop::collection::vec((0u8..6, Just('r')), 0..10),
        ) {
            left.sort();
            right.sort();
            let mut expected: Vec<_> = left.iter().chain(&right).collect();
            expected.sort_by_key(|pair| pair.0);
            prop_assert_eq!(merge_by_key(&left, &right, |pair| pair.0), expected);
        }
    }
}
