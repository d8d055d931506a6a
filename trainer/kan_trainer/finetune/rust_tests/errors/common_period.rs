//! family: checked-arithmetic
//! split: train

#[derive(Debug, PartialEq)]
pub enum LcmError {
    Empty,
    Zero { at: usize },
    Overflow { at: usize },
}

/// The least common multiple of all periods. A zero or a result beyond `u32` is reported with the
/// index of the period that brought it.
pub fn common_period(periods: &[u32]) -> Result<u32, LcmError> {
    if periods.is_empty() {
        return Err(LcmError::Empty);
    }
    let mut common = 1u32;
    for (at, &period) in periods.iter().enumerate() {
        if period == 0 {
            return Err(LcmError::Zero { at });
        }
        let (mut divisor, mut rest) = (common, period);
        while rest > 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        let multiple = common.checked_mul(period / divisor);
        common = multiple.ok_or(LcmError::Overflow { at })?;
    }
    Ok(common)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_common_period_is_the_least_one() {
        assert_eq!(common_period(&[4, 6]), Ok(12));
        assert_eq!(common_period(&[2, 3, 4, 12]), Ok(12));
        assert_eq!(common_period(&[7]), Ok(7));
    }

    #[test]
    fn there_must_be_periods_and_none_of_zero() {
        assert_eq!(common_period(&[]), Err(LcmError::Empty));
        assert_eq!(common_period(&[3, 0, 0]), Err(LcmError::Zero { at: 1 }));
    }

    #[test]
    fn the_period_that_overflows_is_named() {
        // One that divides the result so far never does.
        assert_eq!(common_period(&[1 << 31, 1 << 31, 2]), Ok(1 << 31));
        assert_eq!(
            common_period(&[1 << 31, 2, 3, 5]),
            Err(LcmError::Overflow { at: 2 })
        );
    }

    proptest! {
        #[test]
        fn every_period_divides_the_common_one(a in 1u32..200, b in 1u32..200) {
            let common = common_period(&[a, b]).unwrap();
            prop_assert_eq!((common % a, common % b), (0, 0));
            prop_assert!((1..common).all(|smaller| smaller % a != 0 || smaller % b != 0));
        }
    }
}
