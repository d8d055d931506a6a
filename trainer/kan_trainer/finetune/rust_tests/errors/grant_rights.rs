//! family: permissions
//! split: test

use std::fmt;

/// A set of rights as bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rights(pub u8);

pub const READ: Rights = Rights(1);
pub const WRITE: Rights = Rights(2);
pub const SHARE: Rights = Rights(4);

#[derive(Debug, PartialEq)]
pub enum GrantError {
    MayNotShare,
    Exceeds(Rights),
}

impl fmt::Display for GrantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GrantError::MayNotShare => f.write_str("the right to share is needed"),
            GrantError::Exceeds(rights) => write!(f, "rights {:03b} are not your own", rights.0),
        }
    }
}

impl std::error::Error for GrantError {}

/// The rights somebody has after being granted more. Who grants must be allowed to share, and can
/// give only rights of their own.
pub fn grant(giver: Rights, receiver: Rights, granted: Rights) -> Result<Rights, GrantError> {
    if giver.0 & SHARE.0 == 0 {
        return Err(GrantError::MayNotShare);
    }
    match granted.0 & !giver.0 {
        0 => Ok(Rights(receiver.0 | granted.0)),
        foreign => Err(GrantError::Exceeds(Rights(foreign))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn granted_rights_are_added() {
        let giver = Rights(READ.0 | SHARE.0);
        assert_eq!(grant(giver, WRITE, SHARE), Ok(Rights(6)));
        assert_eq!(grant(giver, READ, SHARE), Ok(Rights(5)));
        // Granting what is already there changes nothing.
        assert_eq!(grant(giver, READ, READ), Ok(READ));
    }

    #[test]
    fn without_the_right_to_share_nothing_can_be_given() {
        let error = grant(Rights(3), Rights(0), READ).unwrap_err();
        assert_eq!(error.to_string(), "the right to share is needed");
    }

    #[test]
    fn foreign_rights_are_named() {
        let error = grant(SHARE, Rights(0), Rights(7)).unwrap_err();
        assert_eq!(error, GrantError::Exceeds(Rights(3)));
        assert_eq!(error.to_string(), "rights 011 are not your own");
    }

    proptest! {
        #[test]
        fn nobody_gains_what_neither_had(giver in 0u8..8, receiver in 0u8..8, granted in 0u8..8) {
            if let Ok(after) = grant(Rights(giver), Rights(receiver), Rights(granted)) {
                prop_assert_eq!(after.0 & !(giver | receiver), 0);
                prop_assert_eq!(after.0 & receiver, receiver);
            }
        }
    }
}
