//! family: operators
//! split: train

use std::ops::{Add, Mul, Neg, Sub};

/// A vector in the plane, over any number type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vector2<T> {
    pub x: T,
    pub y: T,
}

impl<T: Sub<Output = T>> Sub for Vector2<T> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Vector2 {
            x: self.x - other.x,
            y: self.y - other.y,
        }
    }
}

impl<T: Mul<Output = T> + Copy> Vector2<T> {
    pub fn dot(self, other: Self) -> T
    where
        T: Add<Output = T>,
    {
        self.x * other.x + self.y * other.y
    }

    /// This vector turned by a quarter, against the clock.
    pub fn perpendicular(self) -> Self
    where
        T: Neg<Output = T>,
    {
        Vector2 {
            x: -self.y,
            y: self.x,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vector<T>(x: T, y: T) -> Vector2<T> {
        Vector2 { x, y }
    }

    #[test]
    fn the_difference_is_taken_part_by_part() {
        assert_eq!(vector(5, 2) - vector(1, 7), vector(4, -5));
    }

    #[test]
    fn the_dot_product_adds_the_products() {
        assert_eq!(vector(2, 3).dot(vector(4, 5)), 23);
        assert_eq!(vector(0.5, -1.0).dot(vector(2.0, 4.0)), -3.0);
    }

    #[test]
    fn a_quarter_turn_takes_right_to_up() {
        // Up is the positive y.
        assert_eq!(vector(1, 0).perpendicular(), vector(0, 1));
        assert_eq!(vector(0, 1).perpendicular(), vector(-1, 0));
    }

    #[test]
    fn numbers_without_a_sign_can_be_multiplied_too() {
        // Neg is asked for only where a vector is turned.
        assert_eq!(vector(2u8, 3).dot(vector(1, 1)), 5);
    }

    proptest! {
        #[test]
        fn a_vector_is_at_right_angles_to_its_turn(x in -99i32..99, y in -99i32..99) {
            let v = vector(x, y);
            prop_assert_eq!(v.dot(v.perpendicular()), 0);
            prop_assert_eq!(v.perpendicular().perpendicular(), vector(0, 0) - v);
        }
    }
}
