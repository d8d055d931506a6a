//! family: parsing
//! split: train

/// A number of ASCII digits, with `_` allowed between two of them; `None` for all else.
pub fn parse_decimal(text: &str) -> Option<u32> {
    let mut number: Option<u32> = None;
    let mut after_digit = false;
    for byte in text.bytes() {
        if byte == b'_' && after_digit {
            after_digit = false;
            continue;
        }
        let digit = u32::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
        number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
        after_digit = true;
    }
    number.filter(|_| after_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_underscore_stands_between_digits_only() {
        assert_eq!(parse_decimal("1_000"), Some(1_000));
        assert_eq!(parse_decimal("_1"), None);
        assert_eq!(parse_decimal("1_"), None);
        assert_eq!(parse_decimal("1__0"), None);
    }

    #[test]
    fn what_is_next_to_the_digits_is_refused() {
        // '/' and ':' are the neighbours of '0' and '9' in ASCII.
        assert_eq!(parse_decimal("1/"), None);
        assert_eq!(parse_decimal("1:"), None);
        assert_eq!(parse_decimal(""), None);
    }

    #[test]
    fn the_largest_fits_and_one_more_does_not() {
        assert_eq!(parse_decimal("4294967295"), Some(u32::MAX));
        assert_eq!(parse_decimal("4294967296"), None);
        assert_eq!(parse_decimal("9999999999"), None);
    }

    proptest! {
        #[test]
        fn what_was_printed_is_read_again(number in any::<u32>()) {
            prop_assert_eq!(parse_decimal(&number.to_string()), Some(number));
        }
    }
}
