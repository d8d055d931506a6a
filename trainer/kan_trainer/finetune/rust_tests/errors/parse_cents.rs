//! family: numerals
//! split: train

#[derive(Debug, PartialEq)]
pub enum AmountError {
    Malformed,
    TooPrecise,
    TooLarge,
}

/// Parses an amount of money such as `-12.5` into cents. One or two decimals are allowed, and
/// digits must stand on both sides of a point.
pub fn parse_cents(text: &str) -> Result<i64, AmountError> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(decimals) {
        return Err(AmountError::Malformed);
    }
    if decimals.len() > 2 {
        return Err(AmountError::TooPrecise);
    }
    let cents = format!("{whole}{decimals:0<2}").parse::<i64>();
    cents
        .map(|cents| sign * cents)
        .map_err(|_| AmountError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn missing_decimals_are_zeros() {
        assert_eq!(parse_cents("12"), Ok(1200));
        assert_eq!(parse_cents("12.5"), Ok(1250));
        assert_eq!(parse_cents("-0.05"), Ok(-5));
    }

    #[test]
    fn a_third_decimal_is_never_rounded_away() {
        assert_eq!(parse_cents("1.23"), Ok(123));
        assert_eq!(parse_cents("1.230"), Err(AmountError::TooPrecise));
    }

    #[test]
    fn digits_stand_on_both_sides_of_the_point() {
        for text in ["", "-", ".5", "5.", "1.2.3", "--1", "+1", "1,5"] {
            assert_eq!(parse_cents(text), Err(AmountError::Malformed), "{text}");
        }
    }

    #[test]
    fn amounts_beyond_the_integer_are_too_large() {
        assert_eq!(parse_cents("92233720368547758.07"), Ok(i64::MAX));
        assert_eq!(
            parse_cents("92233720368547758.08"),
            Err(AmountError::TooLarge)
        );
    }

    proptest! {
        #[test]
        fn a_printed_amount_is_read_back(cents in 0i64..1_000_000) {
            let text = format!("{}.{:02}", cents / 100, cents % 100);
            prop_assert_eq!(parse_cents(&text), Ok(cents));
            prop_assert_eq!(parse_cents(&format!("-{text}")), Ok(-cents));
        }
    }
}
