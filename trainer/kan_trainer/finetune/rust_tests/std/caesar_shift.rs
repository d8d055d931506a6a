//! family: strings
//! split: train

/// Moves ASCII letters `by` places through the alphabet, round its end; all else stays.
pub fn caesar_shift(text: &str, by: u8) -> String {
    text.chars()
        .map(|c| {
            let first = match c {
                'a'..='z' => b'a',
                'A'..='Z' => b'A',
                _ => return c,
            };
            char::from(first + (c as u8 - first + by % 26) % 26)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_go_round_the_end() {
        // Small and capital letters wrap round on their own.
        assert_eq!(caesar_shift("xyz XYZ", 3), "abc ABC");
        assert_eq!(caesar_shift("az", 1), "ba");
    }

    #[test]
    fn what_is_no_letter_stays() {
        // These four are the neighbours of the letters in ASCII.
        assert_eq!(caesar_shift("a-1 é@[`{", 1), "b-1 é@[`{");
    }

    proptest! {
        #[test]
        fn the_rest_of_the_alphabet_brings_it_back(text in "[ -~]{0,30}", by in 0u8..=255) {
            let back = 26 - by % 26;
            prop_assert_eq!(caesar_shift(&caesar_shift(&text, by), back), text);
        }
    }
}
