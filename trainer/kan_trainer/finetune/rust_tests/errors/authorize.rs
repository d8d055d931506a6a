//! family: permissions
//! split: test

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

#[derive(Debug, PartialEq)]
pub enum AccessError<'a> {
    UnknownUser(&'a str),
    Denied { user: &'a str, roles: Vec<&'a str> },
}

impl fmt::Display for AccessError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownUser(user) => write!(f, "nobody is called {user}"),
            Self::Denied { user, roles } if roles.is_empty() => write!(f, "{user} has no role"),
            Self::Denied { user, roles } => write!(f, "{user} is only {}", roles.join(", ")),
        }
    }
}

impl std::error::Error for AccessError<'_> {}

/// Checks that one of the user's roles grants `action`, and returns the first such role.
pub fn authorize<'a>(
    users: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    grants: &[(&str, &str)],
    user: &'a str,
    action: &str,
) -> Result<&'a str, AccessError<'a>> {
    let roles = users.get(user).ok_or(AccessError::UnknownUser(user))?;
    let granting = roles.iter().find(|role| grants.contains(&(role, action)));
    granting.copied().ok_or_else(|| AccessError::Denied {
        user,
        roles: roles.iter().copied().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(user: &'static str, action: &str) -> Result<&'static str, String> {
        let users = [
            ("ada", vec!["editor", "author"]),
            ("bob", vec![]),
            ("cy", vec!["author"]),
        ];
        let users = users.map(|(user, roles)| (user, roles.into_iter().collect()));
        let grants = [
            ("author", "write"),
            ("editor", "write"),
            ("editor", "delete"),
        ];
        authorize(&users.into(), &grants, user, action).map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_role_that_grants_the_action_is_returned() {
        assert_eq!(check("ada", "delete"), Ok("editor"));
        // Both roles would do; the alphabet decides.
        assert_eq!(check("ada", "write"), Ok("author"));
        assert_eq!(check("cy", "write"), Ok("author"));
    }

    #[test]
    fn a_refusal_names_the_roles() {
        assert_eq!(check("cy", "delete"), Err("cy is only author".to_string()));
        assert_eq!(
            check("ada", "read"),
            Err("ada is only author, editor".to_string())
        );
        assert_eq!(check("bob", "write"), Err("bob has no role".to_string()));
    }

    #[test]
    fn strangers_are_told_apart_from_users_without_roles() {
        assert_eq!(
            check("eve", "write"),
            Err("nobody is called eve".to_string())
        );
    }
}
