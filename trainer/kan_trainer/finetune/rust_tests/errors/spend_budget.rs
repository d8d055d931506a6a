//! family: ledger
//! split: train

/// A yearly budget that is cut into equal months; what a month leaves goes on to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    monthly: u32,
    spent: u32,
    month: u32,
}

#[derive(Debug, PartialEq)]
pub enum BudgetError {
    YearOver,
    Exceeded { by: u32 },
}

impl Budget {
    pub fn new(monthly: u32) -> Self {
        Budget {
            monthly,
            spent: 0,
            month: 1,
        }
    }

    /// Spends from what the months so far have made available and returns what is left of it.
    pub fn spend(&mut self, amount: u32) -> Result<u32, BudgetError> {
        let available = self.monthly * self.month - self.spent;
        match available.checked_sub(amount) {
            Some(left) => {
                self.spent += amount;
                Ok(left)
            }
            None => Err(BudgetError::Exceeded {
                by: amount - available,
            }),
        }
    }

    /// Goes on to the next month; after the twelfth there is none.
    pub fn next_month(&mut self) -> Result<(), BudgetError> {
        if self.month == 12 {
            return Err(BudgetError::YearOver);
        }
        self.month += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_can_be_spent_to_the_end() {
        let mut budget = Budget::new(100);
        assert_eq!(budget.spend(60), Ok(40));
        assert_eq!(budget.spend(40), Ok(0));
        assert_eq!(budget.spend(1), Err(BudgetError::Exceeded { by: 1 }));
    }

    #[test]
    fn a_refused_expense_costs_nothing() {
        let mut budget = Budget::new(100);
        budget.spend(10).unwrap();
        let before = budget.clone();
        assert_eq!(budget.spend(95), Err(BudgetError::Exceeded { by: 5 }));
        assert_eq!(budget, before);
    }

    #[test]
    fn what_a_month_leaves_goes_on() {
        let mut budget = Budget::new(100);
        budget.spend(30).unwrap();
        budget.next_month().unwrap();
        assert_eq!(budget.spend(150), Ok(20));
    }

    #[test]
    fn the_year_has_twelve_months() {
        let mut budget = Budget::new(1);
        // Eleven steps lead from the first month to the twelfth.
        assert_eq!((0..11).try_for_each(|_| budget.next_month()), Ok(()));
        assert_eq!(budget.next_month(), Err(BudgetError::YearOver));
        assert_eq!(budget.spend(12), Ok(0));
    }
}
