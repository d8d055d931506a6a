//! family: versions
//! split: train

/// One identifier of a pre-release tag such as `alpha.2`.
#[derive(Debug, Clone, PartialEq)]
pub enum Identifier {
    Number(u64),
    Word(String),
}

#[derive(Debug, PartialEq)]
pub enum PrereleaseError {
    Empty { index: usize },
    LeadingZero { index: usize },
    BadCharacter { index: usize, found: char },
}

/// Parses the dot-separated identifiers of a pre-release tag. Identifiers made of digits become
/// numbers; the first fault is reported with the index of its identifier.
pub fn parse_prerelease(tag: &str) -> Result<Vec<Identifier>, PrereleaseError> {
    tag.split('.')
        .enumerate()
        .map(|(index, part)| {
            if part.is_empty() {
                return Err(PrereleaseError::Empty { index });
            }
            let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if let Some(found) = part.chars().find(|&c| !allowed(c)) {
                return Err(PrereleaseError::BadCharacter { index, found });
            }
            match part.parse::<u64>() {
                Ok(_) if part.len() > 1 && part.starts_with('0') => {
                    Err(PrereleaseError::LeadingZero { index })
                }
                Ok(number) => Ok(Identifier::Number(number)),
                Err(_) => Ok(Identifier::Word(part.to_string())),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use Identifier::{Number, Word};

    #[test]
    fn numbers_and_words_are_told_apart() {
        let expected = vec![
            Word("rc-x".into()),
            Number(0),
            Number(12),
            Word("0a".into()),
        ];
        assert_eq!(parse_prerelease("rc-x.0.12.0a"), Ok(expected));
    }

    #[test]
    fn an_empty_identifier_is_reported_with_its_index() {
        assert_eq!(
            parse_prerelease(""),
            Err(PrereleaseError::Empty { index: 0 })
        );
        assert_eq!(
            parse_prerelease("beta."),
            Err(PrereleaseError::Empty { index: 1 })
        );
    }

    #[test]
    fn numbers_have_no_leading_zero() {
        assert_eq!(
            parse_prerelease("a.01"),
            Err(PrereleaseError::LeadingZero { index: 1 })
        );
    }

    #[test]
    fn a_foreign_character_is_named() {
        let expected = PrereleaseError::BadCharacter {
            index: 1,
            found: '+',
        };
        // The first fault wins, even though a later identifier is empty.
        assert_eq!(parse_prerelease("a.b+c."), Err(expected));
    }
}
