//! family: text-format
//! split: train

/// Breaks a text into lines of at most `width` characters; a longer word has a line of its own.
pub fn wrap_words(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_may_be_exactly_full() {
        assert_eq!(wrap_words("ab cd ef", 5), ["ab cd", "ef"]);
        assert_eq!(wrap_words("ab cd ef", 4), ["ab", "cd", "ef"]);
    }

    #[test]
    fn a_long_word_stands_alone() {
        // It is not broken, and lets no other onto its line.
        assert_eq!(
            wrap_words("a extraordinary b", 3),
            ["a", "extraordinary", "b"]
        );
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(wrap_words("éé éé", 5), ["éé éé"]);
        assert!(wrap_words("  ", 5).is_empty());
    }

    proptest! {
        #[test]
        fn no_word_is_lost(text in "[a-z ]{0,60}", width in 1usize..12) {
            let lines = wrap_words(&text, width);
            let words: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(lines.join(" "), words.join(" "));
            prop_assert!(lines.iter().all(|line| line.len() <= width || !line.contains(' ')));
        }
    }
}
