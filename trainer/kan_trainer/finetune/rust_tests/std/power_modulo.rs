//! family: numbers
//! split: train

/// `base` to the `exponent`, modulo `modulus`, by squaring; a modulus of zero has no answer.
pub fn power_modulo(base: u64, mut exponent: u64, modulus: u64) -> Option<u64> {
    let wide = u128::from(modulus);
    let mut square = u128::from(base).checked_rem(wide)?;
    let mut power = 1 % wide;
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = power * square % wide;
        }
        square = square * square % wide;
        exponent >>= 1;
    }
    Some(power as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn anything_to_the_zero_is_one() {
        assert_eq!(power_modulo(5, 0, 7), Some(1));
        // Modulo one there is nothing but zero.
        assert_eq!(power_modulo(5, 0, 1), Some(0));
        assert_eq!(power_modulo(5, 3, 0), None);
    }

    #[test]
    fn large_numbers_do_not_overflow() {
        assert_eq!(power_modulo(u64::MAX - 1, 2, u64::MAX), Some(1));
    }

    proptest! {
        #[test]
        fn it_is_repeated_multiplication(base in 0u64..100, exponent in 0u64..20, modulus in 1u64..100) {
            let expected = (0..exponent).fold(1 % modulus, |power, _| power * base % modulus);
            prop_assert_eq!(power_modulo(base, exponent, modulus), Some(expected));
        }
    }
}
