//! family: checked-arithmetic
//! split: train

/// Why there is no mean.
#[derive(Debug, PartialEq)]
pub enum MeanError {
    Empty,
    Overflow { at: usize },
}

/// The mean of the values, rounded towards zero. The running sum must stay within an `i32`; where
/// it does not, the error says at which value.
pub fn checked_mean(values: &[i32]) -> Result<i32, MeanError> {
    let mut sum = 0i32;
    for (at, &value) in values.iter().enumerate() {
        sum = sum.checked_add(value).ok_or(MeanError::Overflow { at })?;
    }
    let count = i32::try_from(values.len()).unwrap_or(i32::MAX);
    sum.checked_div(count).ok_or(MeanError::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_mean_is_rounded_towards_zero() {
        assert_eq!(checked_mean(&[1, 2, 4]), Ok(2));
        assert_eq!(checked_mean(&[-1, -2, -4]), Ok(-2));
    }

    #[test]
    fn nothing_has_no_mean() {
        assert_eq!(checked_mean(&[]), Err(MeanError::Empty));
    }

    #[test]
    fn the_value_that_overflows_the_sum_is_named() {
        assert_eq!(checked_mean(&[i32::MAX]), Ok(i32::MAX));
        assert_eq!(
            checked_mean(&[5, i32::MAX, -9]),
            Err(MeanError::Overflow { at: 1 })
        );
        assert_eq!(
            checked_mean(&[i32::MIN, 0, -1]),
            Err(MeanError::Overflow { at: 2 })
        );
        // In another order, the same values have a mean.
        assert_eq!(checked_mean(&[5, -9, i32::MAX]), Ok((i32::MAX - 4) / 3));
    }

    proptest! {
        #[test]
        fn the_mean_of_equal_values_is_that_value(value in -1000i32..1000, count in 1usize..20) {
            prop_assert_eq!(checked_mean(&vec![value; count]), Ok(value));
        }
    }
}
