//! family: transitions
//! split: train

/// A door with a code lock that blocks itself after three wrong codes in a row.
#[derive(Debug, PartialEq)]
pub enum Door {
    Open,
    Locked { wrong: u8 },
    Blocked,
}

#[derive(Debug, PartialEq)]
pub enum DoorError {
    AlreadyOpen,
    WrongCode { left: u8 },
    Blocked,
}

impl Door {
    /// Tries a code on a locked door. A wrong one says how many tries are left.
    pub fn unlock(&mut self, code: u16, secret: u16) -> Result<(), DoorError> {
        let wrong = match *self {
            Door::Open => return Err(DoorError::AlreadyOpen),
            Door::Blocked => return Err(DoorError::Blocked),
            Door::Locked { wrong } => wrong,
        };
        if code == secret {
            *self = Door::Open;
            return Ok(());
        }
        let left = 2 - wrong;
        *self = match left {
            0 => Door::Blocked,
            _ => Door::Locked { wrong: wrong + 1 },
        };
        Err(DoorError::WrongCode { left })
    }

    /// Locks an open door; a locked one stays as it is.
    pub fn lock(&mut self) {
        if *self == Door::Open {
            *self = Door::Locked { wrong: 0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_right_code_opens_the_door() {
        let mut door = Door::Locked { wrong: 2 };
        assert_eq!(door.unlock(42, 42), Ok(()));
        assert_eq!(door, Door::Open);
        assert_eq!(door.unlock(42, 42), Err(DoorError::AlreadyOpen));
    }

    #[test]
    fn three_wrong_codes_block_it_even_for_the_right_one() {
        let mut door = Door::Locked { wrong: 0 };
        for left in [2, 1, 0] {
            assert_eq!(door.unlock(1, 42), Err(DoorError::WrongCode { left }));
        }
        assert_eq!(door.unlock(42, 42), Err(DoorError::Blocked));
    }

    #[test]
    fn locking_an_open_door_forgets_the_wrong_codes() {
        let mut door = Door::Open;
        door.lock();
        assert_eq!(door, Door::Locked { wrong: 0 });
        // Locking it again is no way to more tries.
        let _ = door.unlock(1, 42);
        door.lock();
        assert_eq!(door, Door::Locked { wrong: 1 });
    }

    proptest! {
        #[test]
        fn wrong_codes_never_open_it(codes in prop::collection::vec(0u16..42, 0..6)) {
            let mut door = Door::Locked { wrong: 0 };
            let refused = codes.iter().all(|&code| door.unlock(code, 42).is_err());
            prop_assert!(refused);
            prop_assert_eq!(door == Door::Blocked, codes.len() >= 3);
        }
    }
}
