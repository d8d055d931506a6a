//! family: strings
//! split: train

/// The first letter of every word, large, but for little words after the first: `The Art of Code` is `TAC`.
pub fn initials_of(title: &str) -> String {
    const LITTLE: [&str; 5] = ["a", "and", "in", "of", "the"];
    title
        .split(|c: char| c.is_whitespace() || c == '-')
        .filter(|word| !word.is_empty())
        .enumerate()
        .filter(|(at, word)| *at == 0 || !LITTLE.contains(&word.to_lowercase().as_str()))
        .filter_map(|(_, word)| word.chars().find(|c| c.is_alphanumeric()))
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_words_are_left_out_but_for_the_first() {
        assert_eq!(initials_of("the art of Code and THE machine"), "TACM");
    }

    #[test]
    fn both_parts_of_a_joined_word_count() {
        assert_eq!(initials_of("state-of-the-art  tools"), "SAT");
        // Two hyphens in a row have no word between them.
        assert_eq!(initials_of("a--b"), "AB");
    }

    #[test]
    fn a_word_begins_with_its_first_letter_or_digit() {
        assert_eq!(initials_of("(very) «élan» 3d !"), "VÉ3");
        assert_eq!(initials_of(" - "), "");
    }
}
