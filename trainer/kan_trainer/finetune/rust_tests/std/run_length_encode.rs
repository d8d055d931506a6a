//! family: strings
//! split: train

/// Each run of one character as its length and the character: `aab` is `2a1b`.
pub fn run_length_encode(text: &str) -> String {
    let mut encoded = String::new();
    let mut rest = text.chars().peekable();
    while let Some(current) = rest.next() {
        let mut length = 1;
        while rest.next_if_eq(&current).is_some() {
            length += 1;
        }
        encoded.push_str(&length.to_string());
        encoded.push(current);
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_counted() {
        assert_eq!(run_length_encode("aaab"), "3a1b");
        assert_eq!(run_length_encode(""), "");
    }

    #[test]
    fn a_character_that_returns_is_a_new_run() {
        // Runs are counted, not characters.
        assert_eq!(run_length_encode("aba"), "1a1b1a");
    }

    #[test]
    fn a_run_may_be_longer_than_nine() {
        assert_eq!(run_length_encode(&"é".repeat(12)), "12é");
    }
}
