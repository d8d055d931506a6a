//! family: frames
//! split: test

#[derive(Debug, PartialEq)]
pub enum RunError {
    NoLetter,
    ZeroCount { at: usize },
    TooLong { most: usize },
}

/// Expands run lengths such as `3ab2c` to `aaabcc`, which has at most `most` characters.
pub fn expand_runs(text: &str, most: usize) -> Result<String, RunError> {
    let mut expanded = String::new();
    let mut length = 0usize;
    let mut count: Option<(usize, usize)> = None;
    for (at, c) in text.char_indices() {
        if let Some(digit) = c.to_digit(10) {
            let (start, so_far) = count.unwrap_or((at, 0));
            count = Some((
                start,
                so_far.saturating_mul(10).saturating_add(digit as usize),
            ));
            continue;
        }
        let times = match count.take() {
            Some((at, 0)) => return Err(RunError::ZeroCount { at }),
            Some((_, times)) => times,
            None => 1,
        };
        length = length.saturating_add(times);
        if length > most {
            return Err(RunError::TooLong { most });
        }
        expanded.extend(std::iter::repeat_n(c, times));
    }
    match count {
        Some(_) => Err(RunError::NoLetter),
        None => Ok(expanded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_repeat_the_letter_behind_them() {
        assert_eq!(expand_runs("3ab2c", 6), Ok("aaabcc".to_string()));
        assert_eq!(expand_runs("12é", 12), Ok("é".repeat(12)));
        assert_eq!(expand_runs("", 0), Ok(String::new()));
    }

    #[test]
    fn counts_that_say_nothing_are_refused() {
        assert_eq!(expand_runs("2a0b", 9), Err(RunError::ZeroCount { at: 2 }));
        assert_eq!(expand_runs("2a10", 99), Err(RunError::NoLetter));
    }

    #[test]
    fn the_limit_is_checked_before_anything_grows() {
        assert_eq!(expand_runs("2a2b", 3), Err(RunError::TooLong { most: 3 }));
        // This count is larger than any integer, and the sum after it too.
        let huge = format!("a{}b", "9".repeat(30));
        assert_eq!(expand_runs(&huge, 50), Err(RunError::TooLong { most: 50 }));
    }

    proptest! {
        #[test]
        fn runs_keep_their_lengths(runs in prop::collection::vec(1usize..30, 0..6)) {
            let text: String = runs.iter().map(|count| format!("{count}a")).collect();
            let expected = "a".repeat(runs.iter().sum());
            prop_assert_eq!(expand_runs(&text, 1000), Ok(expected));
        }
    }
}
