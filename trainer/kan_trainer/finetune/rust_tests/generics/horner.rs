//! family: operators
//! split: train

use std::ops::{Add, Mul};

/// The value at `x` of a polynomial, given its coefficients from the constant upwards; without any it is the default.
pub fn horner<T>(coefficients: &[T], x: T) -> T
where
    T: Add<Output = T> + Mul<Output = T> + Default + Copy,
{
    coefficients
        .iter()
        .rev()
        .fold(T::default(), |value, &coefficient| value * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_constant_comes_first() {
        // 1 + 2·10 + 3·100
        assert_eq!(horner(&[1, 2, 3], 10), 321);
        assert_eq!(horner(&[7], 1000), 7);
    }

    #[test]
    fn without_coefficients_it_is_zero() {
        // The sum of no powers.
        assert_eq!(horner(&[], 5), 0);
    }

    #[test]
    fn fractions_do_as_well() {
        assert_eq!(horner(&[0.5, 0.0, 2.0], 1.5), 5.0);
    }

    proptest! {
        #[test]
        fn it_is_the_sum_of_the_powers(coefficients in prop::collection::vec(-9i64..9, 0..6), x in -9i64..9) {
            let powers = coefficients.iter().zip(0u32..).map(|(c, n)| c * x.pow(n));
            prop_assert_eq!(horner(&coefficients, x), powers.sum::<i64>());
        }
    }
}
