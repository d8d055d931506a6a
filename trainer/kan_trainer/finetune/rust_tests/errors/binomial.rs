//! family: checked-arithmetic
//! split: train

#[derive(Debug, PartialEq)]
pub enum BinomialError {
    MoreThanAll { n: u32, k: u32 },
    Overflow,
}

/// In how many ways `k` of `n` things can be chosen.
pub fn binomial(n: u32, k: u32) -> Result<u64, BinomialError> {
    let complement = n
        .checked_sub(k)
        .ok_or(BinomialError::MoreThanAll { n, k })?;
    let smaller = u64::from(k.min(complement));
    (0..smaller).try_fold(1u64, |ways, i| {
        // Wider in between: only the divided product has to fit.
        let product = u128::from(ways) * u128::from(u64::from(n) - i);
        u64::try_from(product / u128::from(i + 1)).map_err(|_| BinomialError::Overflow)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_rows_of_the_triangle_are_right() {
        let row: Vec<u64> = (0..=5).map(|k| binomial(5, k).unwrap()).collect();
        assert_eq!(row, [1, 5, 10, 10, 5, 1]);
        assert_eq!(binomial(0, 0), Ok(1));
    }

    #[test]
    fn more_than_all_cannot_be_chosen() {
        assert_eq!(
            binomial(3, 4),
            Err(BinomialError::MoreThanAll { n: 3, k: 4 })
        );
    }

    #[test]
    fn the_largest_results_still_fit() {
        // Here the product before the division needs more than 64 bits.
        assert_eq!(binomial(67, 33), Ok(14_226_520_737_620_288_370));
        assert_eq!(binomial(68, 34), Err(BinomialError::Overflow));
        assert_eq!(binomial(u32::MAX, u32::MAX - 1), Ok(u64::from(u32::MAX)));
    }

    proptest! {
        #[test]
        fn an_entry_is_the_sum_of_the_two_above(n in 1u32..60, k in 1u32..60) {
            prop_assume!(k < n);
            let above = binomial(n - 1, k - 1).unwrap() + binomial(n - 1, k).unwrap();
            prop_assert_eq!(binomial(n, k), Ok(above));
        }
    }
}
