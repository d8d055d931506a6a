//! family: strings
//! split: train

/// Text from counts and characters, `2a1b` is `aab`; `None` for a missing count or character.
pub fn run_length_decode(encoded: &str) -> Option<String> {
    let mut text = String::new();
    let mut count: Option<usize> = None;
    for c in encoded.chars() {
        if let Some(digit) = c.to_digit(10) {
            let tens = count.unwrap_or(0).checked_mul(10)?;
            count = Some(tens.checked_add(digit as usize)?);
        } else {
            text.extend(std::iter::repeat_n(c, count.take()?));
        }
    }
    count.is_none().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_may_have_many_digits() {
        assert_eq!(
            run_length_decode("2a10b"),
            Some(format!("aa{}", "b".repeat(10)))
        );
        assert_eq!(run_length_decode("9é"), Some("é".repeat(9)));
        assert_eq!(run_length_decode(""), Some(String::new()));
    }

    #[test]
    fn a_count_of_nothing_writes_nothing() {
        assert_eq!(run_length_decode("0a1b"), Some("b".to_string()));
    }

    #[test]
    fn broken_text_is_refused() {
        assert_eq!(run_length_decode("a"), None);
        // The count of the last run belongs to no character.
        assert_eq!(run_length_decode("1a3"), None);
        assert_eq!(run_length_decode("1ab"), None);
    }

    #[test]
    fn a_count_beyond_memory_is_refused() {
        assert_eq!(run_length_decode("99999999999999999999999a"), None);
    }
}
