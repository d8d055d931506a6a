//! family: dyn-traits
//! split: train

use std::any::Any;

/// The parts that are of type `T`, wherever they stand among parts of other types.
pub fn parts_of_type<'a, T: 'static>(
    parts: &'a [Box<dyn Any>],
) -> impl Iterator<Item = &'a T> + 'a {
    parts.iter().filter_map(|part| part.downcast_ref::<T>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Vec<Box<dyn Any>> {
        vec![
            Box::new(1i32),
            Box::new("text"),
            Box::new(2.5f64),
            Box::new(3i32),
        ]
    }

    #[test]
    fn parts_of_the_type_come_in_their_order() {
        assert!(parts_of_type::<i32>(&parts()).eq(&[1, 3]));
        assert!(parts_of_type::<f64>(&parts()).eq(&[2.5]));
    }

    #[test]
    fn a_type_that_is_absent_has_no_parts() {
        // u32 is not i32, though every value here would fit.
        assert_eq!(parts_of_type::<u32>(&parts()).count(), 0);
        assert_eq!(parts_of_type::<String>(&parts()).count(), 0);
    }

    #[test]
    fn a_box_within_the_box_is_not_looked_into() {
        let nested: Vec<Box<dyn Any>> = vec![Box::new(Box::new(7u8))];
        assert_eq!(parts_of_type::<u8>(&nested).next(), None);
        assert_eq!(parts_of_type::<Box<u8>>(&nested).next(), Some(&Box::new(7)));
    }
}
