//! family: numerals
//! split: train

use std::fmt;

#[derive(Debug, PartialEq)]
pub enum HexError {
    OddLength(usize),
    BadDigit { at: usize, byte: u8 },
}

impl fmt::Display for HexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HexError::OddLength(length) => write!(f, "{length} hex digits are no whole bytes"),
            HexError::BadDigit { at, byte } => {
                write!(f, "byte {byte:#04x} at {at} is no hex digit")
            }
        }
    }
}

impl std::error::Error for HexError {}

/// Decodes pairs of hexadecimal digits, of either case, into bytes.
pub fn hex_decode(text: &str) -> Result<Vec<u8>, HexError> {
    let digit = |at: usize, byte: u8| match char::from(byte).to_digit(16) {
        Some(value) => Ok(value as u8),
        None => Err(HexError::BadDigit { at, byte }),
    };
    if !text.len().is_multiple_of(2) {
        return Err(HexError::OddLength(text.len()));
    }
    let pairs = text.as_bytes().chunks(2).enumerate();
    pairs
        .map(|(i, pair)| Ok(digit(2 * i, pair[0])? << 4 | digit(2 * i + 1, pair[1])?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_cases_are_digits() {
        assert_eq!(hex_decode("00fFA5"), Ok(vec![0x00, 0xff, 0xa5]));
        assert_eq!(hex_decode(""), Ok(vec![]));
    }

    #[test]
    fn an_odd_number_of_digits_is_refused() {
        let error = hex_decode("abc").unwrap_err();
        assert_eq!(error.to_string(), "3 hex digits are no whole bytes");
    }

    #[test]
    fn a_bad_digit_is_reported_where_it_stands() {
        assert_eq!(
            hex_decode("0011g2"),
            Err(HexError::BadDigit { at: 4, byte: b'g' })
        );
        let error = hex_decode("001122x ").unwrap_err();
        assert_eq!(error.to_string(), "byte 0x78 at 6 is no hex digit");
        // The second digit of a pair has an odd position.
        assert_eq!(hex_decode("0011-"), Err(HexError::OddLength(5)));
        assert_eq!(
            hex_decode("001 "),
            Err(HexError::BadDigit { at: 3, byte: b' ' })
        );
    }

    proptest! {
        #[test]
        fn printed_bytes_are_read_back(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            let text: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
            prop_assert_eq!(hex_decode(&text), Ok(bytes));
        }
    }
}
