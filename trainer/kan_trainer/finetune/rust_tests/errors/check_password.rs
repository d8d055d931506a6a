//! family: form-checks
//! split: train

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    Short,
    NoDigit,
    NoUpper,
    NoLower,
    Repeats,
}

/// Checks a password against all rules at once: at least ten characters, a digit, letters of both
/// cases, and no character three times in a row. All weaknesses are returned, in this order.
pub fn check_password(password: &str) -> Result<(), Vec<Weakness>> {
    let chars: Vec<char> = password.chars().collect();
    let has = |test: fn(&char) -> bool| chars.iter().any(test);
    let rules = [
        (chars.len() >= 10, Weakness::Short),
        (has(char::is_ascii_digit), Weakness::NoDigit),
        (has(|c| c.is_uppercase()), Weakness::NoUpper),
        (has(|c| c.is_lowercase()), Weakness::NoLower),
        (
            !chars.windows(3).any(|w| w[0] == w[1] && w[1] == w[2]),
            Weakness::Repeats,
        ),
    ];
    let broken = rules.into_iter().filter(|(holds, _)| !holds);
    let weaknesses: Vec<Weakness> = broken.map(|(_, weakness)| weakness).collect();
    if weaknesses.is_empty() {
        Ok(())
    } else {
        Err(weaknesses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use Weakness::*;

    #[test]
    fn a_password_that_keeps_all_rules_is_fine() {
        assert_eq!(check_password("Abcdefghi1"), Ok(()));
        // Two equal characters in a row are allowed.
        assert_eq!(check_password("AAbbaabb11"), Ok(()));
    }

    #[test]
    fn nine_characters_are_too_short() {
        assert_eq!(check_password("Abcdefgh1"), Err(vec![Short]));
    }

    #[test]
    fn each_rule_is_checked_by_itself() {
        assert_eq!(check_password("Abcdefghij"), Err(vec![NoDigit]));
        assert_eq!(check_password("abcdefghi1"), Err(vec![NoUpper]));
        assert_eq!(check_password("ABCDEFGHI1"), Err(vec![NoLower]));
        assert_eq!(check_password("Abcdeeefg1"), Err(vec![Repeats]));
    }

    #[test]
    fn all_weaknesses_are_collected_in_order() {
        assert_eq!(
            check_password(""),
            Err(vec![Short, NoDigit, NoUpper, NoLower])
        );
        assert_eq!(
            check_password("---"),
            Err(vec![Short, NoDigit, NoUpper, NoLower, Repeats])
        );
    }

    proptest! {
        #[test]
        fn a_longer_password_is_never_called_short(tail in ".{10,30}") {
            let found = check_password(&tail).err().unwrap_or_default();
            prop_assert!(!found.contains(&Short));
        }
    }
}
