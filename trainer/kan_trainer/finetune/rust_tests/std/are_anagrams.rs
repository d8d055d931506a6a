//! family: strings
//! split: train

use std::collections::HashMap;

/// Are both texts made of the same letters, each as often, without regard to case?
pub fn are_anagrams(left: &str, right: &str) -> bool {
    let mut balance: HashMap<char, i32> = HashMap::new();
    for (text, step) in [(left, 1), (right, -1)] {
        for c in text.chars().filter(|c| c.is_alphabetic()) {
            *balance.entry(c.to_ascii_lowercase()).or_insert(0) += step;
        }
    }
    balance.values().all(|&count| count == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spaces_and_case_do_not_count() {
        assert!(are_anagrams("Dormitory", "dirty room"));
    }

    #[test]
    fn how_often_a_letter_occurs_counts() {
        // Both have the same set of letters.
        assert!(!are_anagrams("aab", "abb"));
        assert!(!are_anagrams("a", ""));
        assert!(!are_anagrams("", "a"));
        assert!(are_anagrams("", "!"));
    }

    proptest! {
        #[test]
        fn a_mirrored_text_is_an_anagram(text in "[a-zA-Z ]{0,15}") {
            let mirror: String = text.chars().rev().collect();
            prop_assert!(are_anagrams(&text, &mirror));
            prop_assert!(!are_anagrams(&text, &(mirror + "q")));
        }
    }
}
