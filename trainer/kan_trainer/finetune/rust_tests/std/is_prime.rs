//! family: numbers
//! split: train

/// Has the number exactly two divisors? Tries those of the form 6k ± 1 up to its root.
pub fn is_prime(number: u32) -> bool {
    if number < 4 {
        return number > 1;
    }
    if number % 2 == 0 || number % 3 == 0 {
        return false;
    }
    let mut divisor = 5;
    while divisor <= number / divisor {
        if number % divisor == 0 || number % (divisor + 2) == 0 {
            return false;
        }
        divisor += 6;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_smallest_numbers_are_told_apart() {
        let primes: Vec<u32> = (0..32).filter(|&n| is_prime(n)).collect();
        assert_eq!(primes, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31]);
    }

    #[test]
    fn squares_of_primes_are_not_prime() {
        // The root itself has to be tried.
        for prime in [5, 7, 11, 13, 17, 65_521] {
            assert!(!is_prime(prime * prime));
        }
    }

    #[test]
    fn the_largest_prime_of_32_bits_is_found() {
        assert!(is_prime(4_294_967_291));
        assert!(!is_prime(u32::MAX));
    }

    proptest! {
        #[test]
        fn no_product_is_prime(a in 2u32..60_000, b in 2u32..60_000) {
            prop_assert!(!is_prime(a * b));
        }
    }
}
