//! family: unsafe-slices
//! split: test

/// Two values of a slice to change at once; `None` for the same index twice or one past the end.
pub fn two_elements(values: &mut [i32], a: usize, b: usize) -> Option<(&mut i32, &mut i32)> {
    if a == b || a.max(b) >= values.len() {
        return None;
    }
    let start = values.as_mut_ptr();
    // SAFETY: both indices are inside the slice, and differ, so that the borrows are disjoint.
    unsafe { Some((&mut *start.add(a), &mut *start.add(b))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_can_be_changed() {
        let mut values = [1, 2, 3];
        let (first, last) = two_elements(&mut values, 0, 2).unwrap();
        std::mem::swap(first, last);
        *first += 10;
        assert_eq!(values, [13, 2, 1]);
    }

    #[test]
    fn they_come_in_the_order_asked_for() {
        let mut values = [7, 8];
        assert_eq!(two_elements(&mut values, 1, 0), Some((&mut 8, &mut 7)));
    }

    #[test]
    fn one_value_is_never_lent_twice() {
        // Two mutable borrows of it would be unsound.
        assert_eq!(two_elements(&mut [1, 2], 1, 1), None);
        assert_eq!(two_elements(&mut [1, 2], 0, 2), None);
        assert_eq!(two_elements(&mut [1, 2], 5, 0), None);
    }
}
