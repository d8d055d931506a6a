//! family: ledger
//! split: train

use std::collections::HashMap;
use std::fmt;

#[derive(Debug, PartialEq)]
pub enum TransferError {
    UnknownAccount(String),
    SameAccount,
    Insufficient { missing: u64 },
    Overflow,
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAccount(name) => write!(f, "no account {name:?}"),
            Self::SameAccount => write!(f, "both accounts are the same"),
            Self::Insufficient { missing } => write!(f, "{missing} cents are missing"),
            Self::Overflow => write!(f, "the receiving account is full"),
        }
    }
}

impl std::error::Error for TransferError {}

/// Moves cents from one account to another; where that fails, no balance has changed.
pub fn transfer(
    balances: &mut HashMap<String, u64>,
    (from, to): (&str, &str),
    cents: u64,
) -> Result<(), TransferError> {
    let balance = |name: &str| {
        let found = balances.get(name).copied();
        found.ok_or_else(|| TransferError::UnknownAccount(name.to_string()))
    };
    let (giver, taker) = (balance(from)?, balance(to)?);
    if from == to {
        return Err(TransferError::SameAccount);
    }
    let missing = cents.saturating_sub(giver);
    let left = giver
        .checked_sub(cents)
        .ok_or(TransferError::Insufficient { missing })?;
    let grown = taker.checked_add(cents).ok_or(TransferError::Overflow)?;
    balances.extend([(from.to_string(), left), (to.to_string(), grown)]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank() -> HashMap<String, u64> {
        HashMap::from([("ada".to_string(), 100), ("full".to_string(), u64::MAX)])
    }

    #[test]
    fn the_last_cent_can_be_moved() {
        let mut balances = HashMap::from([("ada".to_string(), 100), ("bob".to_string(), 1)]);
        assert_eq!(transfer(&mut balances, ("ada", "bob"), 100), Ok(()));
        assert_eq!((balances["ada"], balances["bob"]), (0, 101));
    }

    #[test]
    fn every_refusal_says_why_and_changes_nothing() {
        let mut balances = bank();
        let mut refusal = |pair, cents| {
            transfer(&mut balances, pair, cents)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(refusal(("ada", "bob"), 1), "no account \"bob\"");
        assert_eq!(refusal(("ada", "ada"), 1), "both accounts are the same");
        assert_eq!(refusal(("ada", "full"), 101), "1 cents are missing");
        assert_eq!(refusal(("ada", "full"), 1), "the receiving account is full");
        assert_eq!(balances, bank());
    }
}
