//! family: ledger
//! split: train

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Entry {
    Deposit(u32),
    Withdraw(u32),
    Fee(u32),
}

#[derive(Debug, PartialEq)]
pub struct Rejected {
    pub index: usize,
    pub balance: u32,
}

/// Applies entries to a balance in order. A deposit or withdrawal that does not fit stops with its
/// index and the balance before it; a fee takes what is there and never fails.
pub fn apply_entries(start: u32, entries: &[Entry]) -> Result<u32, Rejected> {
    entries
        .iter()
        .enumerate()
        .try_fold(start, |balance, (index, entry)| {
            let next = match *entry {
                Entry::Deposit(cents) => balance.checked_add(cents),
                Entry::Withdraw(cents) => balance.checked_sub(cents),
                Entry::Fee(cents) => Some(balance.saturating_sub(cents)),
            };
            next.ok_or(Rejected { index, balance })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use Entry::*;

    #[test]
    fn entries_change_the_balance_in_order() {
        assert_eq!(
            apply_entries(5, &[Deposit(10), Withdraw(3), Fee(2)]),
            Ok(10)
        );
        assert_eq!(apply_entries(5, &[]), Ok(5));
    }

    #[test]
    fn the_balance_may_become_nothing_but_not_less() {
        assert_eq!(apply_entries(5, &[Withdraw(5)]), Ok(0));
        let expected = Rejected {
            index: 1,
            balance: 7,
        };
        assert_eq!(
            apply_entries(5, &[Deposit(2), Withdraw(8), Deposit(9)]),
            Err(expected)
        );
    }

    #[test]
    fn a_fee_takes_what_is_there() {
        // The account is empty behind it, so the withdrawal fails.
        let expected = Rejected {
            index: 1,
            balance: 0,
        };
        assert_eq!(apply_entries(5, &[Fee(50), Withdraw(1)]), Err(expected));
    }

    #[test]
    fn a_full_account_takes_no_deposit() {
        let expected = Rejected {
            index: 0,
            balance: u32::MAX,
        };
        assert_eq!(apply_entries(u32::MAX, &[Deposit(1)]), Err(expected));
    }

    proptest! {
        #[test]
        fn what_was_deposited_can_be_withdrawn(
            start in 0u32..1000,
            sums in prop::collection::vec(0u32..1000, 0..8),
        ) {
            let deposits = sums.iter().map(|&cents| Deposit(cents));
            let withdrawals = sums.iter().map(|&cents| Withdraw(cents));
            let entries: Vec<Entry> = deposits.chain(withdrawals).collect();
            prop_assert_eq!(apply_entries(start, &entries), Ok(start));
        }
    }
}
