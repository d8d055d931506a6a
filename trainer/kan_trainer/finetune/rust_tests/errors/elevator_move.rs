//! family: transitions
//! split: train

#[derive(Debug, PartialEq)]
pub enum MoveError {
    DoorOpen,
    NoSuchFloor { lowest: i32, highest: i32 },
}

/// An elevator between two floors, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Elevator {
    pub lowest: i32,
    pub highest: i32,
    pub floor: i32,
    pub door_open: bool,
}

impl Elevator {
    /// Drives to a floor and opens the door there; returns how many floors it went. Refused moves
    /// leave it where it is.
    pub fn drive(&mut self, floor: i32) -> Result<u32, MoveError> {
        let Elevator {
            lowest, highest, ..
        } = *self;
        if !(lowest..=highest).contains(&floor) {
            return Err(MoveError::NoSuchFloor { lowest, highest });
        }
        if self.door_open && floor != self.floor {
            return Err(MoveError::DoorOpen);
        }
        let way = floor.abs_diff(self.floor);
        self.floor = floor;
        self.door_open = true;
        Ok(way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn elevator() -> Elevator {
        Elevator {
            lowest: -2,
            highest: 5,
            floor: 0,
            door_open: false,
        }
    }

    #[test]
    fn it_reaches_both_ends_and_opens_the_door() {
        let mut car = elevator();
        assert_eq!(car.drive(5), Ok(5));
        assert_eq!(
            car,
            Elevator {
                floor: 5,
                door_open: true,
                ..elevator()
            }
        );
        car.door_open = false;
        assert_eq!(car.drive(-2), Ok(7));
    }

    #[test]
    fn refused_moves_leave_it_where_it_is() {
        let mut car = elevator();
        let floors = MoveError::NoSuchFloor {
            lowest: -2,
            highest: 5,
        };
        assert_eq!(car.drive(6), Err(floors));
        assert!(car.drive(-3).is_err());
        assert_eq!(car, elevator());
    }

    #[test]
    fn it_never_moves_with_an_open_door() {
        let mut car = Elevator {
            door_open: true,
            ..elevator()
        };
        assert_eq!(car.drive(1), Err(MoveError::DoorOpen));
        // Being asked to the floor where it stands is no move.
        assert_eq!(car.drive(0), Ok(0));
    }

    proptest! {
        #[test]
        fn the_way_there_and_back_is_equally_long(floor in -2i32..=5) {
            let mut car = elevator();
            let there = car.drive(floor).unwrap();
            car.door_open = false;
            prop_assert_eq!(car.drive(0), Ok(there));
        }
    }
}
