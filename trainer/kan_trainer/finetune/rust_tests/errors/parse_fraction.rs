//! family: numerals
//! split: train

use std::num::ParseIntError;

#[derive(Debug, PartialEq)]
pub enum FractionError {
    Number(ParseIntError),
    ZeroDenominator,
}

impl From<ParseIntError> for FractionError {
    fn from(error: ParseIntError) -> Self {
        FractionError::Number(error)
    }
}

/// Parses `a/b` or a whole number into lowest terms, as numerator and positive denominator.
pub fn parse_fraction(text: &str) -> Result<(i64, u64), FractionError> {
    let (numerator, denominator) = match text.split_once('/') {
        Some((above, below)) => (above.trim().parse::<i64>()?, below.trim().parse::<u64>()?),
        None => (text.trim().parse()?, 1),
    };
    if denominator == 0 {
        return Err(FractionError::ZeroDenominator);
    }
    let (mut common, mut rest) = (denominator, numerator.unsigned_abs());
    while rest != 0 {
        (common, rest) = (rest, common % rest);
    }
    let reduced = i128::from(numerator) / i128::from(common);
    Ok((reduced as i64, denominator / common))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fractions_are_reduced_to_lowest_terms() {
        assert_eq!(parse_fraction("6/8"), Ok((3, 4)));
        assert_eq!(parse_fraction(" -10 / 5 "), Ok((-2, 1)));
        assert_eq!(parse_fraction("7"), Ok((7, 1)));
        // Nothing divides by every number.
        assert_eq!(parse_fraction("0/5"), Ok((0, 1)));
    }

    #[test]
    fn the_smallest_numerator_keeps_its_sign() {
        let text = format!("{}/9223372036854775808", i64::MIN);
        assert_eq!(parse_fraction(&text), Ok((-1, 1)));
    }

    #[test]
    fn zero_divides_nothing() {
        assert_eq!(parse_fraction("0/0"), Err(FractionError::ZeroDenominator));
    }

    #[test]
    fn the_denominator_carries_no_sign() {
        assert!(matches!(
            parse_fraction("1/-2"),
            Err(FractionError::Number(_))
        ));
        assert!(matches!(
            parse_fraction("1/2/3"),
            Err(FractionError::Number(_))
        ));
        assert!(matches!(parse_fraction(""), Err(FractionError::Number(_))));
    }

    proptest! {
        #[test]
        fn the_value_of_a_fraction_is_kept(above in -999i64..999, below in 1u64..999) {
            let (numerator, denominator) = parse_fraction(&format!("{above}/{below}")).unwrap();
            prop_assert_eq!(numerator * below as i64, above * denominator as i64);
            prop_assert!(denominator <= below);
        }
    }
}
