//! family: numbers
//! split: train

/// Adds up the digits in `base` again and again until one is left.
pub fn digital_root(mut number: u64, base: u64) -> u64 {
    assert!(base >= 2, "a base has at least two digits");
    while number >= base {
        let mut sum = 0;
        while number > 0 {
            sum += number % base;
            number /= base;
        }
        number = sum;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_digit_is_its_own_root() {
        assert_eq!(digital_root(9, 10), 9);
        assert_eq!(digital_root(10, 10), 1);
    }

    #[test]
    fn sums_are_summed_again() {
        // The first sum is 69, the second 15.
        assert_eq!(digital_root(987_654_321_987, 10), 6);
        assert_eq!(digital_root(0b1011, 2), 1);
    }

    #[test]
    #[should_panic(expected = "at least two digits")]
    fn base_one_is_refused() {
        digital_root(5, 1);
    }

    proptest! {
        #[test]
        fn it_is_the_remainder_by_one_less(number in 1u64.., base in 3u64..40) {
            prop_assert_eq!(digital_root(number, base), (number - 1) % (base - 1) + 1);
        }
    }
}
