//! family: const-generics
//! split: train

/// Cuts a slice into arrays of `N` items; what is too short for another is returned beside them.
pub fn into_arrays<T: Copy, const N: usize>(items: &[T]) -> (Vec<[T; N]>, &[T]) {
    const { assert!(N > 0) };
    let mut arrays = Vec::new();
    let mut rest = items;
    while let Some((array, after)) = rest.split_first_chunk::<N>() {
        arrays.push(*array);
        rest = after;
    }
    (arrays, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_remainder_is_handed_back() {
        let (pairs, rest) = into_arrays::<_, 2>(&[1, 2, 3, 4, 5]);
        assert_eq!(pairs, [[1, 2], [3, 4]]);
        assert_eq!(rest, [5]);
    }

    #[test]
    fn a_slice_that_divides_evenly_leaves_nothing() {
        let (triples, rest) = into_arrays::<_, 3>(b"abcdef");
        assert_eq!(triples, [*b"abc", *b"def"]);
        assert!(rest.is_empty());
    }

    #[test]
    fn too_few_items_make_no_array() {
        // All of it is remainder.
        let (arrays, rest) = into_arrays::<_, 4>(&['x', 'y', 'z']);
        assert!(arrays.is_empty());
        assert_eq!(rest, ['x', 'y', 'z']);
    }

    #[test]
    fn arrays_of_one_leave_no_rest() {
        assert_eq!(into_arrays::<_, 1>(&[8, 9]), (vec![[8], [9]], &[][..]));
    }

    proptest! {
        #[test]
        fn nothing_is_lost(items in prop::collection::vec(any::<u8>(), 0..30)) {
            let (arrays, rest) = into_arrays::<_, 4>(&items);
            prop_assert!(rest.len() < 4);
            prop_assert_eq!([arrays.concat(), rest.to_vec()].concat(), items);
        }
    }
}
