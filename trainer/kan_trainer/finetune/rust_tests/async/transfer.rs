//! family: shared-state
//! split: train

use tokio::sync::Mutex;

/// Why no money was moved.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    SameAccount,
    NotEnough { missing: u64 },
}

/// Moves `amount` between two accounts. The lower index is locked first, so that two transfers
/// in opposite directions never wait for each other.
pub async fn transfer(
    accounts: &[Mutex<u64>],
    from: usize,
    to: usize,
    amount: u64,
) -> Result<(), Refusal> {
    if from == to {
        return Err(Refusal::SameAccount);
    }
    let mut low = accounts[from.min(to)].lock().await;
    let mut high = accounts[from.max(to)].lock().await;
    let (source, target) = if from < to {
        (&mut low, &mut high)
    } else {
        (&mut high, &mut low)
    };
    if **source < amount {
        let missing = amount - **source;
        return Err(Refusal::NotEnough { missing });
    }
    **source -= amount;
    **target += amount;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accounts(balances: &[u64]) -> Vec<Mutex<u64>> {
        balances.iter().copied().map(Mutex::new).collect()
    }

    fn balances(accounts: Vec<Mutex<u64>>) -> Vec<u64> {
        accounts.into_iter().map(Mutex::into_inner).collect()
    }

    #[tokio::test]
    async fn money_moves_in_both_directions() {
        // Once from the lower to the higher index, once back.
        let bank = accounts(&[10, 20, 30]);
        assert_eq!(transfer(&bank, 0, 2, 4).await, Ok(()));
        assert_eq!(transfer(&bank, 2, 1, 7).await, Ok(()));
        assert_eq!(balances(bank), [6, 27, 27]);
    }

    #[tokio::test]
    async fn the_whole_balance_may_go_but_not_more() {
        let bank = accounts(&[5, 0]);
        let refusal = Refusal::NotEnough { missing: 2 };
        assert_eq!(transfer(&bank, 0, 1, 7).await, Err(refusal));
        assert_eq!(transfer(&bank, 0, 1, 5).await, Ok(()));
        assert_eq!(balances(bank), [0, 5]);
    }

    #[tokio::test]
    async fn an_account_does_not_pay_itself() {
        // Locking the same account twice would wait for ever.
        let bank = accounts(&[5]);
        assert_eq!(transfer(&bank, 0, 0, 1).await, Err(Refusal::SameAccount));
    }

    proptest! {
        #[test]
        fn no_money_is_made_or_lost(from in 0usize..3, to in 0usize..3, amount in 0u64..40) {
            let bank = accounts(&[10, 20, 30]);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let _ = runtime.block_on(transfer(&bank, from, to, amount));
            prop_assert_eq!(balances(bank).iter().sum::<u64>(), 60);
        }
    }
}
