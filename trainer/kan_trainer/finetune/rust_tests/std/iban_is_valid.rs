//! family: checksums
//! split: validation

/// Does an account number like `GB82 WEST …` leave one modulo 97, its first four characters put last?
pub fn iban_is_valid(iban: &str) -> bool {
    let kept: Vec<char> = iban.chars().filter(|&c| c != ' ').collect();
    if kept.len() < 5 {
        return false;
    }
    let (head, account) = kept.split_at(4);
    let mut remainder = 0;
    for c in account.iter().chain(head) {
        let Some(value) = c.to_digit(36).filter(|_| !c.is_ascii_lowercase()) else {
            return false;
        };
        let shift = if value > 9 { 100 } else { 10 };
        remainder = (remainder * shift + value) % 97;
    }
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALID: &str = "GB82 WEST 1234 5698 7654 32";

    #[test]
    fn spaces_do_not_count() {
        assert!(iban_is_valid(VALID));
        assert!(iban_is_valid(&VALID.replace(' ', "")));
        assert!(iban_is_valid("DE89 3704 0044 0532 0130 00"));
        assert!(iban_is_valid("NL91 ABNA 0417 1643 00"));
    }

    #[test]
    fn other_characters_are_refused() {
        assert!(!iban_is_valid(&VALID.to_lowercase()));
        assert!(!iban_is_valid(&VALID.replace(' ', "-")));
    }

    #[test]
    fn a_number_without_an_account_is_none() {
        // The four alone leave one as well.
        assert!(!iban_is_valid("0001"));
        assert!(iban_is_valid("00010"));
        assert!(!iban_is_valid(""));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_noticed(at in 8usize..22, more in 1u8..10) {
            let mut wrong = VALID.replace(' ', "").into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + more) % 10;
            prop_assert!(!iban_is_valid(&String::from_utf8(wrong).unwrap()));
        }
    }
}
