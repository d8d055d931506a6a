//! family: conversions
//! split: train

use std::borrow::Cow;

/// Makes one space of every run of spaces; a text that has no such run is borrowed, not copied.
pub fn squeeze_spaces<'a>(text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
    let text = text.into();
    if !text.contains("  ") {
        return text;
    }
    let mut squeezed = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter != ' ' || !squeezed.ends_with(' ') {
            squeezed.push(letter);
        }
    }
    Cow::Owned(squeezed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn runs_of_spaces_become_one() {
        assert_eq!(squeeze_spaces("a  b     c"), "a b c");
        assert_eq!(squeeze_spaces(String::from("   x")), " x");
    }

    #[test]
    fn a_tidy_text_is_not_copied() {
        assert!(matches!(
            squeeze_spaces("one two"),
            Cow::Borrowed("one two")
        ));
    }

    #[test]
    fn other_white_space_is_left_alone() {
        assert_eq!(squeeze_spaces("a\t\tb\n\n  c"), "a\t\tb\n\n c");
    }

    proptest! {
        #[test]
        fn squeezing_twice_is_squeezing_once(text in "[ a-c]{0,20}") {
            let once = squeeze_spaces(text.as_str()).into_owned();
            prop_assert!(!once.contains("  "));
            prop_assert!(matches!(squeeze_spaces(once.as_str()), Cow::Borrowed(same) if same == once));
            prop_assert_eq!(once.replace(' ', ""), text.replace(' ', ""));
        }
    }
}
