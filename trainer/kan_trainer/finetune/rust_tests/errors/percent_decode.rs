//! family: escapes
//! split: train

use std::string::FromUtf8Error;

#[derive(Debug, PartialEq)]
pub enum DecodeError {
    BadEscape { at: usize },
    NotUtf8(FromUtf8Error),
}

impl From<FromUtf8Error> for DecodeError {
    fn from(error: FromUtf8Error) -> Self {
        DecodeError::NotUtf8(error)
    }
}

/// Undoes percent-encoding; a plus stays a plus. The decoded bytes must be UTF-8 again.
pub fn percent_decode(text: &str) -> Result<String, DecodeError> {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|&b| char::from(b).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let pair = hex(at + 1).zip(hex(at + 2));
            let (high, low) = pair.ok_or(DecodeError::BadEscape { at })?;
            decoded.push((high * 16 + low) as u8);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    Ok(String::from_utf8(decoded)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_of_either_case_are_decoded() {
        assert_eq!(percent_decode("a%20b%2f%2Fc+"), Ok("a b//c+".to_string()));
        assert_eq!(percent_decode("%C3%a9"), Ok("é".to_string()));
    }

    #[test]
    fn a_broken_escape_is_reported_where_it_starts() {
        assert_eq!(
            percent_decode("ab%2"),
            Err(DecodeError::BadEscape { at: 2 })
        );
        assert_eq!(
            percent_decode("%41%1g"),
            Err(DecodeError::BadEscape { at: 3 })
        );
        assert_eq!(
            percent_decode("100%"),
            Err(DecodeError::BadEscape { at: 3 })
        );
    }

    #[test]
    fn half_a_character_is_not_utf8() {
        assert!(matches!(
            percent_decode("%C3"),
            Err(DecodeError::NotUtf8(_))
        ));
    }

    proptest! {
        #[test]
        fn fully_encoded_text_is_decoded_again(text in ".{0,12}") {
            let encoded: String = text.bytes().map(|b| format!("%{b:02X}")).collect();
            prop_assert_eq!(percent_decode(&encoded), Ok(text));
        }
    }
}
