//! family: sorting
//! split: train

/// Sorts in place by moving each value left to where it belongs; equal values keep their order.
pub fn insertion_sort(values: &mut [(u8, char)]) {
    for end in 1..values.len() {
        let mut at = end;
        while at > 0 && values[at - 1].0 > values[at].0 {
            values.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_keys_keep_their_order() {
        // Only the number is compared, the letter tells them apart.
        let mut values = [(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd')];
        insertion_sort(&mut values);
        assert_eq!(values, [(1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')]);
    }

    #[test]
    fn the_largest_first_goes_all_the_way() {
        let mut values = [(9, 'x'), (0, 'y'), (5, 'z')];
        insertion_sort(&mut values);
        assert_eq!(values, [(0, 'y'), (5, 'z'), (9, 'x')]);
    }

    proptest! {
        #[test]
        fn it_sorts_like_the_standard_stable_sort(mut values in prop::collection::vec((0u8..6, any::<char>()), 0..25)) {
            let mut expected = values.clone();
            expected.sort_by_key(|pair| pair.0);
            insertion_sort(&mut values);
            prop_assert_eq!(values, expected);
        }
    }
}
