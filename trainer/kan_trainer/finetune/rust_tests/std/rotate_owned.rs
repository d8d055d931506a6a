//! family: unsafe-slices
//! split: test

/// Moves every value `by` places towards the front, those that fall off to the end.
pub fn rotate_owned(values: &mut Vec<String>, by: usize) {
    if values.is_empty() {
        return;
    }
    let length = values.len();
    let by = by % length;
    let mut rotated: Vec<String> = Vec::with_capacity(length);
    // SAFETY: each value is copied once into the new buffer, which has room for all of them, and
    // the old vector is emptied without dropping what has moved.
    unsafe {
        let (from, to) = (values.as_ptr(), rotated.as_mut_ptr());
        std::ptr::copy_nonoverlapping(from.add(by), to, length - by);
        std::ptr::copy_nonoverlapping(from, to.add(length - by), by);
        values.set_len(0);
        rotated.set_len(length);
    }
    *values = rotated;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_front_goes_to_the_end() {
        let mut values = ["a", "b", "c"].map(String::from).to_vec();
        rotate_owned(&mut values, 1);
        assert_eq!(values, ["b", "c", "a"]);
    }

    #[test]
    fn more_than_once_round_is_the_rest() {
        // Five places of three are two; three are none.
        let mut values = ["a", "b", "c"].map(String::from).to_vec();
        rotate_owned(&mut values, 5);
        assert_eq!(values, ["c", "a", "b"]);
        rotate_owned(&mut values, 3);
        assert_eq!(values, ["c", "a", "b"]);
    }

    #[test]
    fn nothing_can_be_rotated() {
        let mut values = Vec::new();
        rotate_owned(&mut values, 4);
        assert!(values.is_empty());
    }

    proptest! {
        #[test]
        fn the_standard_library_does_the_same(mut values in prop::collection::vec("[a-z]{0,2}", 1..9), by in 0usize..30) {
            let mut expected = values.clone();
            expected.rotate_left(by % values.len());
            rotate_owned(&mut values, by);
            prop_assert_eq!(values, expected);
        }
    }
}
