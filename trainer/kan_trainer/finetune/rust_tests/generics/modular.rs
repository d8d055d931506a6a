//! family: operators
//! split: train

use std::ops::{Add, Mul, Sub};

/// A whole number modulo `M`, always kept in `0..M`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Modular<const M: u64>(u64);

impl<const M: u64> From<u64> for Modular<M> {
    fn from(value: u64) -> Self {
        Modular(value % M)
    }
}

impl<const M: u64> Add for Modular<M> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let room = M - other.0;
        if self.0 >= room {
            Modular(self.0 - room)
        } else {
            Modular(self.0 + other.0)
        }
    }
}

impl<const M: u64> Sub for Modular<M> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + Self::from(M - other.0)
    }
}

impl<const M: u64> Mul for Modular<M> {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let product = u128::from(self.0) * u128::from(other.0);
        Modular((product % u128::from(M)) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Clock = Modular<12>;

    #[test]
    fn the_hand_goes_round() {
        assert_eq!(Clock::from(9) + Clock::from(5), Modular(2));
        assert_eq!(Clock::from(9) + Clock::from(3), Modular(0));
        assert_eq!(Clock::from(2) - Clock::from(5), Modular(9));
        assert_eq!(Clock::from(5) - Clock::from(0), Modular(5));
    }

    #[test]
    fn the_greatest_modulus_does_not_overflow() {
        // Sum and product are wider than u64 here.
        type Widest = Modular<{ u64::MAX }>;
        let minus_one = Widest::from(u64::MAX - 1);
        assert_eq!(minus_one + minus_one, Modular(u64::MAX - 2));
        assert_eq!(minus_one * minus_one, Modular(1));
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_remainders_of_plain_numbers(a in 0u64..1000, b in 0u64..1000) {
            let (left, right) = (Modular::<97>::from(a), Modular::<97>::from(b));
            prop_assert_eq!(left + right, Modular((a + b) % 97));
            prop_assert_eq!(left * right, Modular(a * b % 97));
            prop_assert_eq!(left - right + right, left);
        }
    }
}
