//! family: bounded
//! split: train

#[derive(Debug, PartialEq)]
pub enum PoolError {
    Exhausted,
    NotLent(usize),
}

/// Up to 64 numbered slots that are lent and returned, kept as bits of one integer.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Pool {
    lent: u64,
}

impl Pool {
    /// Lends the free slot with the lowest number.
    pub fn lend(&mut self) -> Result<usize, PoolError> {
        let slot = self.lent.trailing_ones();
        let bit = 1u64.checked_shl(slot).ok_or(PoolError::Exhausted)?;
        self.lent |= bit;
        Ok(slot as usize)
    }

    /// Takes a slot back; one that is not lent is refused.
    pub fn give_back(&mut self, slot: usize) -> Result<(), PoolError> {
        let bit = u32::try_from(slot)
            .ok()
            .and_then(|slot| 1u64.checked_shl(slot))
            .unwrap_or(0);
        if self.lent & bit == 0 {
            return Err(PoolError::NotLent(slot));
        }
        self.lent ^= bit;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_lowest_free_slot_is_lent() {
        let mut pool = Pool::default();
        assert_eq!(
            [pool.lend(), pool.lend(), pool.lend()],
            [Ok(0), Ok(1), Ok(2)]
        );
        pool.give_back(1).unwrap();
        assert_eq!(pool.lend(), Ok(1));
        assert_eq!(pool.lend(), Ok(3));
    }

    #[test]
    fn sixty_four_slots_are_all_there_are() {
        let mut pool = Pool::default();
        for slot in 0..64 {
            assert_eq!(pool.lend(), Ok(slot));
        }
        assert_eq!(pool.lend(), Err(PoolError::Exhausted));
        assert_eq!(pool.give_back(63), Ok(()));
        assert_eq!(pool.lend(), Ok(63));
    }

    #[test]
    fn a_slot_is_given_back_once() {
        let mut pool = Pool::default();
        pool.lend().unwrap();
        // Numbers beyond the bits, and beyond u32, are no slots at all.
        assert_eq!(pool.give_back(64), Err(PoolError::NotLent(64)));
        assert_eq!(pool.give_back(1 << 32), Err(PoolError::NotLent(1 << 32)));
        assert_eq!(pool.give_back(0), Ok(()));
        assert_eq!(pool.give_back(0), Err(PoolError::NotLent(0)));
    }

    proptest! {
        #[test]
        fn lending_and_returning_leaves_the_pool_as_it_was(before in 0usize..64) {
            let mut pool = Pool::default();
            (0..before).for_each(|_| { pool.lend().unwrap(); });
            let copy = pool.clone();
            let slot = pool.lend().unwrap();
            prop_assert_eq!(slot, before);
            pool.give_back(slot).unwrap();
            prop_assert_eq!(pool, copy);
        }
    }
}
