//! family: number-systems
//! split: test

/// A number in a base from 2 to 36, with small letters for the digits after 9.
pub fn to_base(mut number: u64, base: u32) -> Option<String> {
    if !(2..=36).contains(&base) {
        return None;
    }
    let mut digits = Vec::new();
    loop {
        let digit = (number % u64::from(base)) as u32;
        digits.push(char::from_digit(digit, base)?);
        number /= u64::from(base);
        if number == 0 {
            return Some(digits.into_iter().rev().collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zero_has_a_digit_in_every_base() {
        assert!((2..=36).all(|base| to_base(0, base).as_deref() == Some("0")));
    }

    #[test]
    fn letters_follow_the_digits() {
        // The largest digit of the largest base is z.
        assert_eq!(to_base(255, 16).as_deref(), Some("ff"));
        assert_eq!(to_base(35, 36).as_deref(), Some("z"));
        assert_eq!(to_base(36, 36).as_deref(), Some("10"));
    }

    #[test]
    fn other_bases_are_refused() {
        assert_eq!(to_base(5, 1), None);
        assert_eq!(to_base(5, 37), None);
    }

    proptest! {
        #[test]
        fn the_standard_library_reads_it_back(number in any::<u64>(), base in 2u32..=36) {
            let text = to_base(number, base).unwrap();
            prop_assert_eq!(u64::from_str_radix(&text, base), Ok(number));
        }
    }
}
