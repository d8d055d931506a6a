//! family: numerals
//! split: train

#[derive(Debug, PartialEq)]
pub enum LiteralError {
    NoDigits,
    BadDigit(char),
    Overflow,
}

/// Parses an unsigned integer literal as programs write it: decimal, `0x`, `0o` or `0b`, with
/// underscores anywhere behind the prefix.
pub fn parse_literal(text: &str) -> Result<u32, LiteralError> {
    let (radix, digits) = match text.get(..2) {
        Some("0x") => (16, &text[2..]),
        Some("0o") => (8, &text[2..]),
        Some("0b") => (2, &text[2..]),
        _ => (10, text),
    };
    let mut digits = digits.chars().filter(|&c| c != '_').peekable();
    if digits.peek().is_none() {
        return Err(LiteralError::NoDigits);
    }
    digits.try_fold(0u32, |value, c| {
        let digit = c.to_digit(radix).ok_or(LiteralError::BadDigit(c))?;
        let shifted = value.checked_mul(radix).ok_or(LiteralError::Overflow)?;
        shifted.checked_add(digit).ok_or(LiteralError::Overflow)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_prefix_chooses_the_radix() {
        assert_eq!(parse_literal("101"), Ok(101));
        assert_eq!(parse_literal("0b101"), Ok(5));
        assert_eq!(parse_literal("0o17"), Ok(15));
        assert_eq!(parse_literal("0xfF"), Ok(255));
    }

    #[test]
    fn underscores_group_digits_but_are_none() {
        assert_eq!(parse_literal("1_000_"), Ok(1000));
        assert_eq!(parse_literal("0x_ff"), Ok(255));
        assert_eq!(parse_literal("0x_"), Err(LiteralError::NoDigits));
        assert_eq!(parse_literal(""), Err(LiteralError::NoDigits));
    }

    #[test]
    fn a_digit_must_fit_the_radix() {
        assert_eq!(parse_literal("0b102"), Err(LiteralError::BadDigit('2')));
        assert_eq!(parse_literal("0o8"), Err(LiteralError::BadDigit('8')));
        assert_eq!(parse_literal("1f"), Err(LiteralError::BadDigit('f')));
    }

    #[test]
    fn the_largest_value_fits_and_the_next_does_not() {
        assert_eq!(parse_literal("4294967295"), Ok(u32::MAX));
        // Here the sum overflows, below it is already the product.
        assert_eq!(parse_literal("4294967296"), Err(LiteralError::Overflow));
        assert_eq!(parse_literal("0x100000000"), Err(LiteralError::Overflow));
    }

    proptest! {
        #[test]
        fn every_number_is_read_in_every_radix(n: u32) {
            prop_assert_eq!(parse_literal(&format!("{n:#b}")), Ok(n));
            prop_assert_eq!(parse_literal(&format!("{n:#o}")), Ok(n));
            prop_assert_eq!(parse_literal(&format!("{n:#x}")), Ok(n));
        }
    }
}
