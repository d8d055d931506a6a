//! family: phantom-types
//! split: train

use std::cmp::Ordering;

/// A text whose ASCII letters compare without regard to case.
#[derive(Clone, Copy, Debug)]
pub struct Caseless<S>(pub S);

impl<S: AsRef<str>> Caseless<S> {
    fn folded(&self) -> impl Iterator<Item = u8> + '_ {
        self.0
            .as_ref()
            .bytes()
            .map(|byte| byte.to_ascii_lowercase())
    }
}

impl<S: AsRef<str>> Ord for Caseless<S> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl<S: AsRef<str>> PartialOrd for Caseless<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S: AsRef<str>> PartialEq for Caseless<S> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<S: AsRef<str>> Eq for Caseless<S> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_makes_no_difference() {
        // A longer text is not equal to its own beginning.
        assert_eq!(Caseless("Content-Type"), Caseless("content-TYPE"));
        assert_ne!(Caseless("a"), Caseless("b"));
        assert_ne!(Caseless("a"), Caseless("ab"));
    }

    #[test]
    fn words_are_sorted_as_in_a_dictionary() {
        let mut words = ["banana", "Cherry", "apple"];
        words.sort_by_key(|word| Caseless(*word));
        assert_eq!(words, ["apple", "banana", "Cherry"]);
    }

    #[test]
    fn letters_beyond_ascii_keep_their_case() {
        assert_ne!(Caseless("É"), Caseless("é"));
    }

    proptest! {
        #[test]
        fn it_orders_as_the_lower_case_texts_do(left in "[a-dA-D_]{0,4}", right in "[a-dA-D_]{0,4}") {
            let expected = left.to_ascii_lowercase().cmp(&right.to_ascii_lowercase());
            let (left, right) = (Caseless(left), Caseless(right));
            prop_assert_eq!(left.cmp(&right), expected);
            prop_assert_eq!(left.partial_cmp(&right), Some(expected));
        }
    }
}
