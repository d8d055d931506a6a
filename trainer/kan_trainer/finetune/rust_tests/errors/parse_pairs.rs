//! family: records
//! split: train

use std::collections::BTreeMap;

#[derive(Debug, PartialEq)]
pub enum PairError {
    NoEquals { line: usize },
    EmptyKey { line: usize },
    Duplicate { line: usize, key: String },
}

/// Reads `key = value` lines into a map. Blank lines and those that begin with `#` are skipped, and
/// errors carry the number of their line, counted from one.
pub fn parse_pairs(text: &str) -> Result<BTreeMap<String, String>, PairError> {
    let mut pairs = BTreeMap::new();
    for (line, content) in (1..).zip(text.lines().map(str::trim)) {
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let (key, value) = content
            .split_once('=')
            .ok_or(PairError::NoEquals { line })?;
        let key = key.trim_end().to_string();
        if key.is_empty() {
            return Err(PairError::EmptyKey { line });
        }
        if pairs.contains_key(&key) {
            return Err(PairError::Duplicate { line, key });
        }
        pairs.insert(key, value.trim_start().to_string());
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_around_keys_and_values_do_not_count() {
        let pairs = parse_pairs("  a = 1 \nb=x = y\n").unwrap();
        // Only the first equals sign separates.
        let expected = [("a", "1"), ("b", "x = y")].map(|(k, v)| (k.into(), v.into()));
        assert_eq!(pairs, BTreeMap::from(expected));
    }

    #[test]
    fn comments_and_blank_lines_are_skipped() {
        assert_eq!(parse_pairs("\n  # a = 1\n\n"), Ok(BTreeMap::new()));
    }

    #[test]
    fn errors_carry_the_number_of_their_line() {
        assert_eq!(
            parse_pairs("# top\n\nnothing"),
            Err(PairError::NoEquals { line: 3 })
        );
        assert_eq!(
            parse_pairs("a=\n = 5"),
            Err(PairError::EmptyKey { line: 2 })
        );
    }

    #[test]
    fn a_key_is_set_once() {
        let expected = PairError::Duplicate {
            line: 3,
            key: "a".to_string(),
        };
        assert_eq!(parse_pairs("a=1\nb=2\na =1"), Err(expected));
    }
}
