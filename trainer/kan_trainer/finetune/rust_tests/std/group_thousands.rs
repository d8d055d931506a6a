//! family: text-format
//! split: train

/// The number in decimal, with a comma between each three digits.
pub fn group_thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::new();
    if number < 0 {
        grouped.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_digits_need_no_comma() {
        // A comma first would be a group of nothing.
        assert_eq!(group_thousands(0), "0");
        assert_eq!(group_thousands(999), "999");
        assert_eq!(group_thousands(1_000), "1,000");
    }

    #[test]
    fn the_sign_comes_before_the_first_group() {
        assert_eq!(group_thousands(-123), "-123");
        // Its absolute value does not fit an i64.
        assert_eq!(group_thousands(i64::MIN), "-9,223,372,036,854,775,808");
    }

    proptest! {
        #[test]
        fn without_commas_it_is_the_number(number in any::<i64>()) {
            let grouped = group_thousands(number);
            prop_assert_eq!(grouped.replace(',', ""), number.to_string());
            prop_assert!(grouped.rsplit(',').rev().skip(1).all(|group| group.len() == 3));
        }
    }
}
