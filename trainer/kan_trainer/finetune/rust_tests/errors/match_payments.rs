//! family: ledger
//! split: train

use std::collections::BTreeMap;

#[derive(Debug, PartialEq)]
pub enum PaymentError {
    UnknownInvoice(u32),
    Overpaid { invoice: u32, by: u64 },
}

/// Books payments of (invoice, cents) on the open invoices and returns those still open with what
/// they lack. A payment that does not fit stops the booking.
pub fn match_payments(
    mut open: BTreeMap<u32, u64>,
    payments: &[(u32, u64)],
) -> Result<BTreeMap<u32, u64>, PaymentError> {
    for &(invoice, cents) in payments {
        let owed = open
            .get_mut(&invoice)
            .ok_or(PaymentError::UnknownInvoice(invoice))?;
        if cents > *owed {
            return Err(PaymentError::Overpaid {
                invoice,
                by: cents - *owed,
            });
        }
        *owed -= cents;
    }
    open.retain(|_, owed| *owed > 0);
    Ok(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn open() -> BTreeMap<u32, u64> {
        BTreeMap::from([(1, 100), (2, 50)])
    }

    #[test]
    fn paid_invoices_are_gone_and_others_owe_the_rest() {
        let left = match_payments(open(), &[(2, 30), (1, 99), (2, 20)]);
        assert_eq!(left, Ok(BTreeMap::from([(1, 1)])));
        assert_eq!(match_payments(open(), &[]), Ok(open()));
    }

    #[test]
    fn a_payment_needs_its_invoice() {
        assert_eq!(
            match_payments(open(), &[(3, 0)]),
            Err(PaymentError::UnknownInvoice(3))
        );
    }

    #[test]
    fn paying_too_much_is_reported_with_the_difference() {
        let expected = PaymentError::Overpaid { invoice: 1, by: 5 };
        assert_eq!(match_payments(open(), &[(1, 80), (1, 25)]), Err(expected));
        // A paid invoice is still known until all payments are booked.
        let expected = PaymentError::Overpaid { invoice: 2, by: 1 };
        assert_eq!(match_payments(open(), &[(2, 50), (2, 1)]), Err(expected));
    }

    proptest! {
        #[test]
        fn what_is_owed_falls_by_what_is_paid(first in 0u64..=100, second in 0u64..=50) {
            let left = match_payments(open(), &[(1, first), (2, second)]).unwrap();
            prop_assert_eq!(left.values().sum::<u64>() + first + second, 150);
            prop_assert!(left.values().all(|&owed| owed > 0));
        }
    }
}
