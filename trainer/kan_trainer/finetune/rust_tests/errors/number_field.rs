//! family: form-checks
//! split: train

use std::fmt;

#[derive(Debug, PartialEq)]
pub enum FieldError {
    Missing,
    NotANumber,
    Outside { least: i32, most: i32 },
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldError::Missing => write!(f, "is required"),
            FieldError::NotANumber => write!(f, "must be a whole number"),
            FieldError::Outside { least, most } => write!(f, "must lie in {least}..={most}"),
        }
    }
}

impl std::error::Error for FieldError {}

/// Reads a number field of a form. A blank field takes the default, if it has one.
pub fn number_field(
    text: Option<&str>,
    (least, most): (i32, i32),
    default: Option<i32>,
) -> Result<i32, FieldError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return default.ok_or(FieldError::Missing);
    };
    let number: i32 = text.parse().map_err(|_| FieldError::NotANumber)?;
    if number < least || number > most {
        return Err(FieldError::Outside { least, most });
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_ends_belong_to_the_range() {
        assert_eq!(number_field(Some(" 1 "), (1, 9), None), Ok(1));
        assert_eq!(number_field(Some("9"), (1, 9), None), Ok(9));
        let error = number_field(Some("0"), (1, 9), Some(5)).unwrap_err();
        assert_eq!(error.to_string(), "must lie in 1..=9");
        assert!(number_field(Some("10"), (1, 9), Some(5)).is_err());
    }

    #[test]
    fn a_blank_field_takes_the_default() {
        assert_eq!(number_field(Some("  "), (1, 9), Some(5)), Ok(5));
        // The default itself is not checked.
        assert_eq!(number_field(None, (1, 9), Some(50)), Ok(50));
    }

    #[test]
    fn a_blank_field_without_default_is_missing() {
        let error = number_field(None, (1, 9), None).unwrap_err();
        assert_eq!(error.to_string(), "is required");
    }

    #[test]
    fn words_are_no_numbers_whatever_the_default() {
        let error = number_field(Some("two"), (1, 9), Some(2)).unwrap_err();
        assert_eq!(error.to_string(), "must be a whole number");
    }

    proptest! {
        #[test]
        fn what_is_accepted_lies_in_the_range(n in -50i32..50, a in -50i32..50, b in -50i32..50) {
            let range = (a.min(b), a.max(b));
            let read = number_field(Some(&n.to_string()), range, None);
            prop_assert_eq!(read.is_ok(), (range.0..=range.1).contains(&n));
        }
    }
}
