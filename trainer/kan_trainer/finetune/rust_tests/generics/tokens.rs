//! family: cursors
//! split: train

/// Cuts a text into words of letters and digits, and single marks; white space is dropped.
pub struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub fn new(text: &'a str) -> Self {
        Tokens { rest: text }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.trim_start();
        let first = text.chars().next()?;
        let length = if first.is_alphanumeric() {
            text.find(|c: char| !c.is_alphanumeric())
                .unwrap_or(text.len())
        } else {
            first.len_utf8()
        };
        let (token, rest) = text.split_at(length);
        self.rest = rest;
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_and_marks_are_told_apart() {
        let tokens: Vec<&str> = Tokens::new("x1 = (foo+ 42);").collect();
        assert_eq!(tokens, ["x1", "=", "(", "foo", "+", "42", ")", ";"]);
    }

    #[test]
    fn white_space_alone_holds_no_token() {
        // Much of it, or none.
        assert_eq!(Tokens::new(" \t\n ").next(), None);
        assert_eq!(Tokens::new("").next(), None);
    }

    #[test]
    fn letters_of_many_bytes_are_not_cut() {
        // Both the mark and the letter are wider than a byte.
        let tokens: Vec<&str> = Tokens::new("é→ü").collect();
        assert_eq!(tokens, ["é", "→", "ü"]);
    }

    proptest! {
        #[test]
        fn only_white_space_is_lost(text in "[a-z0-9+é ]{0,20}") {
            let joined: String = Tokens::new(&text).collect();
            prop_assert_eq!(joined, text.replace(' ', ""));
        }
    }
}
