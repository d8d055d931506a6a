//! family: form-checks
//! split: train

#[derive(Debug, PartialEq)]
pub enum NameFault {
    TooShort,
    TooLong,
    BadStart,
    BadCharacter(char),
    Reserved,
}

/// Checks a user name and returns it in lower case: 3 to 20 letters, digits or underscores, the
/// first a letter, and none of the reserved names. The first fault found is returned.
pub fn check_username(name: &str) -> Result<String, NameFault> {
    const RESERVED: [&str; 3] = ["admin", "root", "system"];
    match name.chars().count() {
        0..=2 => return Err(NameFault::TooShort),
        3..=20 => {}
        _ => return Err(NameFault::TooLong),
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(NameFault::BadStart);
    }
    if let Some(c) = name
        .chars()
        .find(|&c| !c.is_ascii_alphanumeric() && c != '_')
    {
        return Err(NameFault::BadCharacter(c));
    }
    let name = name.to_ascii_lowercase();
    if RESERVED.contains(&name.as_str()) {
        return Err(NameFault::Reserved);
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_has_3_to_20_characters() {
        assert_eq!(check_username("ab"), Err(NameFault::TooShort));
        assert_eq!(check_username("abc"), Ok("abc".to_string()));
        assert_eq!(check_username(&"a".repeat(20)), Ok("a".repeat(20)));
        assert_eq!(check_username(&"a".repeat(21)), Err(NameFault::TooLong));
        // Characters are counted, not bytes: these two have four bytes.
        assert_eq!(check_username("éé"), Err(NameFault::TooShort));
    }

    #[test]
    fn a_name_starts_with_a_letter() {
        assert_eq!(check_username("_ab"), Err(NameFault::BadStart));
        assert_eq!(check_username("1ab"), Err(NameFault::BadStart));
    }

    #[test]
    fn other_characters_are_letters_digits_and_underscores() {
        assert_eq!(check_username("Ada_99"), Ok("ada_99".to_string()));
        assert_eq!(check_username("a-b.c"), Err(NameFault::BadCharacter('-')));
    }

    #[test]
    fn reserved_names_are_refused_in_any_case() {
        assert_eq!(check_username("Root"), Err(NameFault::Reserved));
        assert_eq!(check_username("roots"), Ok("roots".to_string()));
    }

    proptest! {
        #[test]
        fn an_accepted_name_is_accepted_unchanged_again(name in "[A-Za-z_]{3,6}") {
            if let Ok(lowered) = check_username(&name) {
                prop_assert_eq!(check_username(&lowered), Ok(lowered));
            }
        }
    }
}
