//! family: strings
//! split: train

/// The words of a line in the opposite order, one space between them.
pub fn reverse_words(line: &str) -> String {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    words.reverse();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_word_comes_first() {
        assert_eq!(reverse_words("one two three"), "three two one");
    }

    #[test]
    fn space_around_and_between_is_squeezed() {
        // Tabs and line ends part words too.
        assert_eq!(reverse_words("  a \t b\n"), "b a");
        assert_eq!(reverse_words("   "), "");
    }

    proptest! {
        #[test]
        fn twice_reversed_is_the_line_again(words in prop::collection::vec("[a-z]{1,6}", 0..8)) {
            let line = words.join(" ");
            prop_assert_eq!(reverse_words(&reverse_words(&line)), line);
        }
    }
}
