//! family: checksums
//! split: validation

/// The digit that completes a card number, so that the Luhn sum becomes a multiple of ten.
pub fn luhn_digit(number: &str) -> Option<u32> {
    let mut sum = 0;
    for (at, c) in number.chars().rev().enumerate() {
        let digit = c.to_digit(10)?;
        sum += match digit * 2 {
            _ if at % 2 == 1 => digit,
            doubled if doubled > 9 => doubled - 9,
            doubled => doubled,
        };
    }
    Some((10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_numbers_are_completed() {
        assert_eq!(luhn_digit("7992739871"), Some(3));
        assert_eq!(luhn_digit("453201511283036"), Some(6));
    }

    #[test]
    fn a_sum_of_ten_needs_nothing_more() {
        // Ten less a remainder of zero is not a digit.
        assert_eq!(luhn_digit("5"), Some(9));
        assert_eq!(luhn_digit("55"), Some(4));
        assert_eq!(luhn_digit("00"), Some(0));
    }

    #[test]
    fn what_is_no_digit_is_refused() {
        assert_eq!(luhn_digit("12 34"), None);
        assert_eq!(luhn_digit("1a"), None);
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_noticed(number in "[0-9]{1,12}", at in 0usize..12, more in 1u8..10) {
            let mut wrong = number.clone().into_bytes();
            let at = at % wrong.len();
            wrong[at] = b'0' + (wrong[at] - b'0' + more) % 10;
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert_ne!(luhn_digit(&wrong), luhn_digit(&number));
        }
    }
}
