//! family: numbers
//! split: train

/// The largest number that divides both; zero only where both are zero.
pub fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    let (mut larger, mut smaller) = (a, b);
    while smaller != 0 {
        (larger, smaller) = (smaller, larger % smaller);
    }
    larger
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zero_is_divided_by_everything() {
        // So the other number is the largest common divisor.
        assert_eq!(greatest_common_divisor(0, 7), 7);
        assert_eq!(greatest_common_divisor(7, 0), 7);
        assert_eq!(greatest_common_divisor(0, 0), 0);
    }

    #[test]
    fn coprime_numbers_share_one() {
        assert_eq!(greatest_common_divisor(35, 64), 1);
        assert_eq!(greatest_common_divisor(12, 18), 6);
    }

    proptest! {
        #[test]
        fn it_is_the_largest_common_divisor(a in 1u64..300, b in 1u64..300) {
            let largest = (1..=a).rev().find(|d| a % d == 0 && b % d == 0).unwrap();
            prop_assert_eq!(greatest_common_divisor(a, b), largest);
            prop_assert_eq!(greatest_common_divisor(b, a), largest);
        }
    }
}
