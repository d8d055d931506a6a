//! family: numbers
//! split: train

/// The prime factors in ascending order, each as often as it divides.
pub fn prime_factors(mut number: u64) -> Vec<u64> {
    let mut factors = Vec::new();
    let mut divisor = 2;
    while divisor * divisor <= number {
        while number % divisor == 0 {
            factors.push(divisor);
            number /= divisor;
        }
        divisor += 1;
    }
    if number > 1 {
        factors.push(number);
    }
    factors
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_factor_is_named_as_often_as_it_divides() {
        assert_eq!(prime_factors(360), [2, 2, 2, 3, 3, 5]);
        assert_eq!(prime_factors(49), [7, 7]);
    }

    #[test]
    fn zero_and_one_have_no_factors() {
        // Zero must not be divided for ever.
        assert!(prime_factors(0).is_empty());
        assert!(prime_factors(1).is_empty());
        assert_eq!(prime_factors(2), [2]);
    }

    proptest! {
        #[test]
        fn their_product_is_the_number(number in 1u64..50_000) {
            let factors = prime_factors(number);
            prop_assert_eq!(factors.iter().product::<u64>(), number);
            prop_assert!(factors.windows(2).all(|pair| pair[0] <= pair[1]));
            prop_assert!(factors.iter().all(|&f| (2..f).all(|d| f % d != 0 || d * d > f)));
        }
    }
}
