//! family: transitions
//! split: train

#[derive(Debug, PartialEq)]
pub enum LeaseError {
    HeldBy { owner: u32, until: u64 },
    Expired,
    NotHeld,
}

/// A lease that one owner holds until a tick, at which it has run out.
#[derive(Debug, Default)]
pub struct Lease(Option<(u32, u64)>);

impl Lease {
    /// Takes the lease for ten ticks; a foreign one only after it has run out.
    pub fn take(&mut self, owner: u32, now: u64) -> Result<u64, LeaseError> {
        match self.0 {
            Some((other, until)) if other != owner && now < until => Err(LeaseError::HeldBy {
                owner: other,
                until,
            }),
            _ => Ok(self.0.insert((owner, now + 10)).1),
        }
    }

    /// Gives the lease back; it must be the owner's own and not have run out.
    pub fn release(&mut self, owner: u32, now: u64) -> Result<(), LeaseError> {
        let (holder, until) = self.0.ok_or(LeaseError::NotHeld)?;
        if holder != owner {
            return Err(LeaseError::HeldBy {
                owner: holder,
                until,
            });
        }
        self.0 = None;
        (now < until).then_some(()).ok_or(LeaseError::Expired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_lease_is_free_once_it_has_run_out() {
        let mut lease = Lease::default();
        assert_eq!(lease.take(1, 100), Ok(110));
        assert_eq!(
            lease.take(2, 109),
            Err(LeaseError::HeldBy {
                owner: 1,
                until: 110
            })
        );
        assert_eq!(lease.take(2, 110), Ok(120));
    }

    #[test]
    fn the_owner_may_extend_it() {
        let mut lease = Lease::default();
        lease.take(1, 100).unwrap();
        assert_eq!(lease.take(1, 105), Ok(115));
    }

    #[test]
    fn only_its_owner_gives_it_back() {
        let mut lease = Lease::default();
        assert_eq!(lease.release(1, 0), Err(LeaseError::NotHeld));
        lease.take(1, 100).unwrap();
        assert!(matches!(
            lease.release(2, 101),
            Err(LeaseError::HeldBy {
                owner: 1,
                until: 110
            })
        ));
        assert_eq!(lease.release(1, 109), Ok(()));
        assert_eq!(lease.release(1, 109), Err(LeaseError::NotHeld));
    }

    #[test]
    fn giving_it_back_too_late_is_told() {
        let mut lease = Lease(Some((1, 110)));
        assert_eq!(lease.release(1, 110), Err(LeaseError::Expired));
        // It is free all the same.
        assert_eq!(lease.take(2, 110), Ok(120));
    }
}
