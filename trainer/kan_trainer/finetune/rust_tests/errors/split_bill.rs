//! family: ledger
//! split: train

#[derive(Debug, PartialEq)]
pub enum SplitError {
    Nobody,
    NoWeight,
    TooLarge,
}

/// Splits a bill by weights so that the shares add up to it exactly: each share is rounded down,
/// then the first payers with a weight take one of the cents that are left.
pub fn split_bill(cents: u64, weights: &[u64]) -> Result<Vec<u64>, SplitError> {
    if weights.is_empty() {
        return Err(SplitError::Nobody);
    }
    let sum = weights
        .iter()
        .try_fold(0u64, |sum, &weight| sum.checked_add(weight));
    let total = sum.ok_or(SplitError::TooLarge)?;
    if total == 0 {
        return Err(SplitError::NoWeight);
    }
    let share = |&weight: &u64| Some(cents.checked_mul(weight)? / total);
    let shares: Option<Vec<u64>> = weights.iter().map(share).collect();
    let mut shares = shares.ok_or(SplitError::TooLarge)?;
    let mut left = cents - shares.iter().sum::<u64>();
    for (share, &weight) in shares.iter_mut().zip(weights) {
        if left > 0 && weight > 0 {
            *share += 1;
            left -= 1;
        }
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_cents_go_to_the_first_who_pay() {
        assert_eq!(split_bill(100, &[1, 1, 1]), Ok(vec![34, 33, 33]));
        // Whoever has no weight pays no rounding either.
        assert_eq!(split_bill(101, &[0, 1, 1]), Ok(vec![0, 51, 50]));
        assert_eq!(split_bill(7, &[3, 1]), Ok(vec![6, 1]));
    }

    #[test]
    fn somebody_has_to_pay() {
        assert_eq!(split_bill(5, &[]), Err(SplitError::Nobody));
        assert_eq!(split_bill(0, &[0, 0]), Err(SplitError::NoWeight));
    }

    #[test]
    fn sums_and_products_must_fit() {
        assert_eq!(split_bill(1, &[u64::MAX, 1]), Err(SplitError::TooLarge));
        assert_eq!(split_bill(u64::MAX, &[2]), Err(SplitError::TooLarge));
        assert_eq!(split_bill(u64::MAX, &[1]), Ok(vec![u64::MAX]));
    }

    proptest! {
        #[test]
        fn shares_add_up_to_the_bill(
            cents in 0u64..10_000,
            weights in prop::collection::vec(1u64..20, 1..6),
        ) {
            let shares = split_bill(cents, &weights).unwrap();
            prop_assert_eq!(shares.iter().sum::<u64>(), cents);
            let total: u64 = weights.iter().sum();
            for (share, weight) in shares.iter().zip(&weights) {
                let exact = cents * weight / total;
                prop_assert!(*share == exact || *share == exact + 1);
            }
        }
    }
}
