//! family: numbers
//! split: train

/// The largest number whose square is not larger than `square`, by Newton's steps.
pub fn integer_root(square: u64) -> u64 {
    if square < 2 {
        return square;
    }
    let mut guess = 1 << ((64 - square.leading_zeros()).div_ceil(2));
    loop {
        let better = (guess + square / guess) / 2;
        if better >= guess {
            return guess;
        }
        guess = better;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn squares_have_exact_roots() {
        assert_eq!(
            (0..5).map(|n| integer_root(n * n)).collect::<Vec<_>>(),
            [0, 1, 2, 3, 4]
        );
    }

    #[test]
    fn one_less_than_a_square_has_the_root_before() {
        // The largest u64 is one less than 2 to the 64.
        assert_eq!(integer_root(15), 3);
        assert_eq!(integer_root(u64::MAX), u64::from(u32::MAX));
    }

    proptest! {
        #[test]
        fn the_root_is_the_largest_that_fits(number in any::<u64>()) {
            let root = u128::from(integer_root(number));
            prop_assert!(root * root <= u128::from(number));
            prop_assert!((root + 1) * (root + 1) > u128::from(number));
        }
    }
}
