//! family: strings
//! split: train

/// Does the text read the same backwards, looking at letters and digits only, in either case?
pub fn is_palindrome(text: &str) -> bool {
    let kept: Vec<char> = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let half = kept.len() / 2;
    kept[..half].iter().eq(kept.iter().rev().take(half))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_and_punctuation_do_not_count() {
        assert!(is_palindrome("Was it a car, or a cat I saw?"));
        assert!(!is_palindrome("Was it a bus?"));
    }

    #[test]
    fn the_outermost_and_innermost_pair_count() {
        assert!(!is_palindrome("xabbay"));
        assert!(!is_palindrome("ab"));
        // The middle of an odd length has no partner.
        assert!(is_palindrome("abcba"));
        assert!(is_palindrome(""));
    }

    proptest! {
        #[test]
        fn text_and_its_mirror_make_one(text in "[a-c0-9 ]{0,12}") {
            let mirror: String = text.chars().rev().collect();
            prop_assert!(is_palindrome(&[text.as_str(), &mirror].concat()));
            prop_assert_eq!(is_palindrome(&text), is_palindrome(&mirror));
        }
    }
}
