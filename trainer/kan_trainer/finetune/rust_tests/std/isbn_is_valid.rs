//! family: checksums
//! split: validation

/// Does an ISBN of ten characters, hyphens apart, add up? The last may be an `X` for ten.
pub fn isbn_is_valid(isbn: &str) -> bool {
    let mut sum = 0;
    let mut length = 0;
    for c in isbn.chars().filter(|&c| c != '-') {
        let value = match c {
            'X' if length == 9 => 10,
            _ => match c.to_digit(10) {
                Some(digit) => digit,
                None => return false,
            },
        };
        length += 1;
        sum += value * length;
    }
    length == 10 && sum % 11 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn real_books_are_valid() {
        assert!(isbn_is_valid("0-306-40615-2"));
        assert!(isbn_is_valid("080442957X"));
    }

    #[test]
    fn a_swapped_pair_is_noticed() {
        assert!(!isbn_is_valid("0-306-46015-2"));
    }

    #[test]
    fn ten_stands_at_the_end_only() {
        // Both add up: it is the place of the X, and the length, that is wrong.
        assert!(!isbn_is_valid("X000000001"));
        assert!(!isbn_is_valid("00000000000"));
        assert!(!isbn_is_valid("000000000"));
        assert!(!isbn_is_valid("00000000a2"));
        assert!(!isbn_is_valid(""));
    }

    proptest! {
        #[test]
        fn each_beginning_has_exactly_one_end(start in "[0-9]{9}") {
            let ends = "0123456789X".chars().filter(|&end| isbn_is_valid(&(start.clone() + &end.to_string())));
            prop_assert_eq!(ends.count(), 1);
        }
    }
}
