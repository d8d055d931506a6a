//! family: conversions
//! split: train

/// The longest of some texts, whatever they are kept in; the first of equals.
pub fn longest_of<S: AsRef<str>>(texts: &[S]) -> Option<&str> {
    let mut longest: Option<&str> = None;
    for text in texts {
        let text = text.as_ref();
        if longest.is_none_or(|best| text.chars().count() > best.chars().count()) {
            longest = Some(text);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_and_strings_are_both_welcome() {
        assert_eq!(longest_of(&["a", "abc", "ab"]), Some("abc"));
        assert_eq!(
            longest_of(&[String::from("x"), String::from("xy")]),
            Some("xy")
        );
    }

    #[test]
    fn of_equals_the_first_is_taken() {
        assert_eq!(longest_of(&["one", "two"]), Some("one"));
    }

    #[test]
    fn letters_are_counted_and_not_bytes() {
        // Four bytes in two letters against three in three.
        assert_eq!(longest_of(&["éé", "abc"]), Some("abc"));
    }

    #[test]
    fn of_no_texts_none_is_longest() {
        // An empty text is a text all the same.
        assert_eq!(longest_of::<String>(&[]), None);
        assert_eq!(longest_of(&[""]), Some(""));
    }
}
