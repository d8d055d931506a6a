//! family: checked-arithmetic
//! split: train

use std::fmt;
use std::num::NonZeroU64;

/// The exact result does not fit 64 bits.
#[derive(Debug, PartialEq)]
pub struct TooLarge(pub u128);

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not fit 64 bits", self.0)
    }
}

impl std::error::Error for TooLarge {}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rounding {
    Down,
    Up,
    HalfUp,
}

/// `value * numerator / denominator` without losing anything on the way, rounded as asked.
pub fn mul_div(
    value: u64,
    numerator: u64,
    denominator: NonZeroU64,
    rounding: Rounding,
) -> Result<u64, TooLarge> {
    let divisor = u128::from(denominator.get());
    let product = u128::from(value) * u128::from(numerator);
    let (quotient, rest) = (product / divisor, product % divisor);
    let up = match rounding {
        Rounding::Down => false,
        Rounding::Up => rest > 0,
        Rounding::HalfUp => rest * 2 >= divisor,
    };
    let rounded = quotient + u128::from(up);
    u64::try_from(rounded).map_err(|_| TooLarge(rounded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use Rounding::*;

    fn scaled(
        value: u64,
        numerator: u64,
        denominator: u64,
        rounding: Rounding,
    ) -> Result<u64, TooLarge> {
        mul_div(
            value,
            numerator,
            NonZeroU64::new(denominator).unwrap(),
            rounding,
        )
    }

    #[test]
    fn each_rounding_treats_the_rest_its_own_way() {
        let at = |value| [Down, Up, HalfUp].map(|rounding| scaled(value, 1, 4, rounding).unwrap());
        assert_eq!(at(4), [1, 1, 1]);
        assert_eq!(at(5), [1, 2, 1]);
        assert_eq!(at(6), [1, 2, 2]);
    }

    #[test]
    fn the_product_may_be_larger_than_the_result() {
        assert_eq!(scaled(u64::MAX, 7, 7, Down), Ok(u64::MAX));
        assert_eq!(scaled(0, u64::MAX, 3, Up), Ok(0));
    }

    #[test]
    fn a_result_that_does_not_fit_is_told_exactly() {
        let error = scaled(u64::MAX, 2, 1, Down).unwrap_err();
        assert_eq!(
            error.to_string(),
            "36893488147419103230 does not fit 64 bits"
        );
    }

    proptest! {
        #[test]
        fn up_and_down_differ_by_the_rest(a: u32, b: u32, c in 1u64..) {
            let (a, b) = (u64::from(a), u64::from(b));
            let down = scaled(a, b, c, Down).unwrap();
            let up = scaled(a, b, c, Up).unwrap();
            prop_assert_eq!(up - down, u64::from(a * b % c != 0));
        }
    }
}
