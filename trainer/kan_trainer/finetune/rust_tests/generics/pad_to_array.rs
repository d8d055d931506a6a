//! family: const-generics
//! split: train

/// The first `N` items as an array, filled up at the front with defaults where there are fewer.
pub fn pad_to_array<T, const N: usize>(items: &[T]) -> [T; N]
where
    T: Clone + Default,
{
    let taken = &items[..items.len().min(N)];
    let missing = N - taken.len();
    std::array::from_fn(|at| match at.checked_sub(missing) {
        Some(from) => taken[from].clone(),
        None => T::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_items_are_filled_in_at_the_front() {
        assert_eq!(pad_to_array::<_, 4>(&[7, 8]), [0, 0, 7, 8]);
    }

    #[test]
    fn surplus_items_are_cut_off_at_the_end() {
        assert_eq!(pad_to_array::<_, 2>(&["a", "b", "c"]), ["a", "b"]);
    }

    #[test]
    fn a_slice_of_the_right_length_is_copied() {
        assert_eq!(pad_to_array::<u8, 3>(b"abc"), *b"abc");
    }

    #[test]
    fn nothing_is_padded_to_defaults() {
        // An array of no items is filled before it begins.
        assert_eq!(pad_to_array::<String, 2>(&[]), ["", ""]);
        assert_eq!(pad_to_array::<u8, 0>(&[1]), []);
    }
}
