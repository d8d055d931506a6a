//! family: sequences
//! split: test

/// The length of the longest text that can be made from either by leaving out characters.
pub fn common_subsequence(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut lengths = vec![0; right.len() + 1];
    for a in left.chars() {
        let mut diagonal = 0;
        for (at, &b) in right.iter().enumerate() {
            let above = lengths[at + 1];
            lengths[at + 1] = if a == b {
                diagonal + 1
            } else {
                above.max(lengths[at])
            };
            diagonal = above;
        }
    }
    lengths[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_order_of_characters_counts() {
        // One of the longest is "bcab".
        assert_eq!(common_subsequence("abcbdab", "bdcaba"), 4);
        assert_eq!(common_subsequence("ab", "ba"), 1);
    }

    #[test]
    fn a_repeated_character_is_matched_once() {
        // There is one character to match against three.
        assert_eq!(common_subsequence("a", "aaa"), 1);
        assert_eq!(common_subsequence("", "abc"), 0);
        assert_eq!(common_subsequence("xyz", "abc"), 0);
    }

    proptest! {
        #[test]
        fn it_is_the_same_from_both_sides(left in "[ab]{0,8}", right in "[abé]{0,8}") {
            let length = common_subsequence(&left, &right);
            prop_assert_eq!(common_subsequence(&right, &left), length);
            prop_assert_eq!(common_subsequence(&left, &left), left.len());
            let longer = [left.as_str(), &right].concat();
            prop_assert_eq!(common_subsequence(&longer, &right), right.chars().count());
        }
    }
}
