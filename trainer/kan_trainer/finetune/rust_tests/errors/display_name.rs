//! family: options
//! split: train

/// What is known of a person; blank texts count as unknown.
#[derive(Debug, Default)]
pub struct Person<'a> {
    pub nickname: Option<&'a str>,
    pub given: Option<&'a str>,
    pub family: Option<&'a str>,
    pub email: Option<&'a str>,
}

/// The name to show: the nickname, else given and family name or the one that is known, else what
/// stands before the `@` of the address.
pub fn display_name(person: &Person<'_>) -> Option<String> {
    let known = |text: Option<&str>| {
        text.map(str::trim)
            .filter(|t| !t.is_empty())
            .map(String::from)
    };
    let full = || match (known(person.given), known(person.family)) {
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        (given, family) => given.xor(family),
    };
    let local = || {
        person
            .email
            .and_then(|email| email.split_once('@'))
            .map(|(local, _)| local)
    };
    known(person.nickname)
        .or_else(full)
        .or_else(|| known(local()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(nickname: &str, given: &str, family: &str, email: &str) -> Option<String> {
        display_name(&Person {
            nickname: Some(nickname),
            given: Some(given),
            family: Some(family),
            email: Some(email),
        })
    }

    #[test]
    fn the_nickname_comes_first() {
        assert_eq!(
            shown(" Ace ", "Ada", "Lovelace", "a@b.org").as_deref(),
            Some("Ace")
        );
    }

    #[test]
    fn names_are_joined_or_stand_alone() {
        assert_eq!(
            shown(" ", "Ada ", "Lovelace", "").as_deref(),
            Some("Ada Lovelace")
        );
        assert_eq!(shown("", "Ada", " ", "a@b.org").as_deref(), Some("Ada"));
        assert_eq!(
            shown("", "", "Lovelace", "a@b.org").as_deref(),
            Some("Lovelace")
        );
    }

    #[test]
    fn the_address_is_the_last_resort() {
        assert_eq!(shown("", "", "", "ada@b.org@c").as_deref(), Some("ada"));
        // Neither of these has anything before an `@`.
        assert_eq!(shown("", "", "", "@b.org"), None);
        assert_eq!(shown("", "", "", "ada"), None);
    }

    #[test]
    fn of_somebody_unknown_there_is_no_name() {
        assert_eq!(display_name(&Person::default()), None);
    }
}
