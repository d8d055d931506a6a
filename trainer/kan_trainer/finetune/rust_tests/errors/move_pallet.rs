//! family: stock
//! split: test

#[derive(Debug, PartialEq)]
pub enum MoveError {
    NoShelf(usize),
    Nothing { shelf: usize },
    TooHeavy { shelf: usize, over: u32 },
}

/// Shelves with the weights of their pallets, the last at the front, and what each may bear.
#[derive(Debug, Clone, PartialEq)]
pub struct Store {
    pub shelves: Vec<Vec<u32>>,
    pub bears: u32,
}

impl Store {
    /// Moves the front pallet to another shelf, and back where that cannot bear it.
    pub fn move_pallet(&mut self, from: usize, to: usize) -> Result<u32, MoveError> {
        if to >= self.shelves.len() {
            return Err(MoveError::NoShelf(to));
        }
        let source = self.shelves.get_mut(from).ok_or(MoveError::NoShelf(from))?;
        let weight = source.pop().ok_or(MoveError::Nothing { shelf: from })?;
        let load = self.shelves[to].iter().sum::<u32>() + weight;
        let (goal, result) = match load.checked_sub(self.bears) {
            None | Some(0) => (to, Ok(weight)),
            Some(over) => (from, Err(MoveError::TooHeavy { shelf: to, over })),
        };
        self.shelves[goal].push(weight);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn store() -> Store {
        Store {
            shelves: vec![vec![40, 30], vec![70], vec![]],
            bears: 100,
        }
    }

    #[test]
    fn a_shelf_bears_exactly_its_limit() {
        let mut moved = store();
        assert_eq!(moved.move_pallet(0, 1), Ok(30));
        assert_eq!(moved.shelves, [vec![40], vec![70, 30], vec![]]);
    }

    #[test]
    fn a_pallet_that_is_too_heavy_goes_back() {
        let mut moved = store();
        let expected = MoveError::TooHeavy { shelf: 0, over: 40 };
        assert_eq!(moved.move_pallet(1, 0), Err(expected));
        assert_eq!(moved, store());
    }

    #[test]
    fn shelves_and_pallets_must_be_there() {
        let mut moved = store();
        assert_eq!(moved.move_pallet(3, 0), Err(MoveError::NoShelf(3)));
        assert_eq!(moved.move_pallet(0, 3), Err(MoveError::NoShelf(3)));
        assert_eq!(
            moved.move_pallet(2, 0),
            Err(MoveError::Nothing { shelf: 2 })
        );
        assert_eq!(moved, store());
    }

    proptest! {
        #[test]
        fn moving_there_and_back_changes_nothing(from in 0usize..3, to in 0usize..3) {
            let mut moved = store();
            // A pallet moved to its own shelf is just put back.
            if moved.move_pallet(from, to).is_ok() {
                prop_assert!(moved.move_pallet(to, from).is_ok());
            }
            prop_assert_eq!(moved, store());
        }
    }
}
