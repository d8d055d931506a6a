//! family: records
//! split: train

use std::fmt;

#[derive(Debug, PartialEq)]
pub enum HeaderError {
    NoColon,
    BadName(String),
    ControlCharacter(char),
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoColon => f.write_str("no colon behind the name"),
            Self::BadName(name) => write!(f, "{name:?} is no header name"),
            Self::ControlCharacter(c) => write!(f, "control character {c:?} in the value"),
        }
    }
}

impl std::error::Error for HeaderError {}

/// Splits a header line into its name in lower case and its trimmed value. The name is made of
/// letters, digits and hyphens; the value holds no control character except tabs.
pub fn parse_header(line: &str) -> Result<(String, &str), HeaderError> {
    let (name, value) = line.split_once(':').ok_or(HeaderError::NoColon)?;
    let sound = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if name.is_empty() || !sound {
        return Err(HeaderError::BadName(name.to_string()));
    }
    match value.chars().find(|&c| c.is_control() && c != '\t') {
        Some(c) => Err(HeaderError::ControlCharacter(c)),
        None => Ok((name.to_ascii_lowercase(), value.trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_lowered_and_values_trimmed() {
        let expected = ("content-type".to_string(), "text/plain:\tx");
        assert_eq!(parse_header("Content-Type: text/plain:\tx "), Ok(expected));
        assert_eq!(parse_header("X-1:"), Ok(("x-1".to_string(), "")));
    }

    #[test]
    fn a_line_without_colon_is_no_header() {
        assert_eq!(
            parse_header("Host").unwrap_err().to_string(),
            "no colon behind the name"
        );
    }

    #[test]
    fn a_name_is_there_and_has_no_space() {
        assert_eq!(
            parse_header("Host : x").unwrap_err().to_string(),
            "\"Host \" is no header name"
        );
        assert_eq!(
            parse_header(": x"),
            Err(HeaderError::BadName(String::new()))
        );
    }

    #[test]
    fn a_value_cannot_smuggle_in_another_line() {
        let error = parse_header("A: b\r\nC: d").unwrap_err();
        assert_eq!(error.to_string(), "control character '\\r' in the value");
    }

    proptest! {
        #[test]
        fn printable_values_survive(value in "[!-~]{0,20}") {
            let line = format!("Name: {value}");
            prop_assert_eq!(parse_header(&line), Ok(("name".to_string(), value.as_str())));
        }
    }
}
