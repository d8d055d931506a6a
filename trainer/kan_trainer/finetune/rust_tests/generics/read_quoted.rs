//! family: cursors
//! split: train

/// Reads a quoted text from the start of `input`; returns its inside, escapes untouched, and what follows.
pub fn read_quoted(input: &str) -> Option<(&str, &str)> {
    let body = input.strip_prefix('"')?;
    let mut escaped = false;
    for (at, letter) in body.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((&body[..at], &body[at + 1..])),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_inside_and_the_rest_are_borrowed() {
        assert_eq!(read_quoted(r#""ab" tail"#), Some(("ab", " tail")));
        assert_eq!(read_quoted(r#""""#), Some(("", "")));
    }

    #[test]
    fn an_escaped_quote_does_not_end_the_text() {
        assert_eq!(read_quoted(r#""a\"b"c"#), Some((r#"a\"b"#, "c")));
    }

    #[test]
    fn an_escaped_backslash_does_not_escape_the_quote() {
        // The second backslash is spent on the first.
        assert_eq!(read_quoted(r#""a\\"b"#), Some((r"a\\", "b")));
    }

    #[test]
    fn without_both_quotes_nothing_is_read() {
        assert_eq!(read_quoted("ab\""), None);
        assert_eq!(read_quoted("\"ab"), None);
        assert_eq!(read_quoted(r#""ab\""#), None);
        assert_eq!(read_quoted(""), None);
    }

    proptest! {
        #[test]
        fn a_text_without_specials_is_read_whole(inside in "[a-zé ]{0,9}", rest in "[a-z\"]{0,5}") {
            let input = format!("\"{inside}\"{rest}");
            prop_assert_eq!(read_quoted(&input), Some((inside.as_str(), rest.as_str())));
        }
    }
}
