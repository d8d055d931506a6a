//! family: phantom-types
//! split: train

use std::marker::PhantomData;
use std::ops::{Add, Mul};

/// A number with a unit, which only the compiler sees.
#[derive(Debug, PartialEq)]
pub struct Quantity<U> {
    value: f64,
    unit: PhantomData<U>,
}

#[derive(Debug, PartialEq)]
pub struct Metres;

impl<U> Quantity<U> {
    pub fn new(value: f64) -> Self {
        Quantity {
            value,
            unit: PhantomData,
        }
    }
}

/// Only quantities of one unit can be added.
impl<U> Add for Quantity<U> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Quantity::new(self.value + other.value)
    }
}

impl<U> Mul<f64> for Quantity<U> {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Quantity::new(self.value * factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn metres(value: f64) -> Quantity<Metres> {
        Quantity::new(value)
    }

    #[test]
    fn quantities_of_one_unit_are_added() {
        assert_eq!(metres(1.5) + metres(2.0), metres(3.5));
    }

    #[test]
    fn scaling_keeps_the_unit() {
        assert_eq!(metres(3.0) * 4.0, metres(12.0));
        assert_eq!(metres(3.0) * 0.0, metres(0.0));
    }

    #[test]
    fn the_unit_takes_no_room() {
        assert_eq!(size_of::<Quantity<Metres>>(), size_of::<f64>());
    }

    proptest! {
        #[test]
        fn twice_is_a_sum_with_itself(value in -1e6f64..1e6) {
            prop_assert_eq!(metres(value) * 2.0, metres(value) + metres(value));
        }
    }
}
