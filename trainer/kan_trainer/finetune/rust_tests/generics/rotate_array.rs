//! family: const-generics
//! split: train

/// The array with its first `steps` items moved behind the others; more steps than items go round again.
pub fn rotate_array<T, const N: usize>(items: [T; N], steps: usize) -> [T; N] {
    let mut items = items.map(Some);
    std::array::from_fn(|at| {
        let source = (at + steps % N) % N;
        items[source].take().expect("every place is read once")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_items_go_behind() {
        assert_eq!(rotate_array([1, 2, 3, 4], 1), [2, 3, 4, 1]);
        assert_eq!(rotate_array([1, 2, 3, 4], 3), [4, 1, 2, 3]);
    }

    #[test]
    fn a_full_turn_changes_nothing() {
        assert_eq!(rotate_array(["a", "b", "c"], 0), ["a", "b", "c"]);
        assert_eq!(rotate_array(["a", "b", "c"], 3), ["a", "b", "c"]);
        // So many steps would overflow if they were added first.
        assert_eq!(rotate_array([7], usize::MAX), [7]);
    }

    #[test]
    fn an_array_of_nothing_can_be_turned() {
        assert_eq!(rotate_array::<u8, 0>([], 5), []);
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_slice_method(items in any::<[u8; 5]>(), steps in 0usize..20) {
            let mut expected = items;
            expected.rotate_left(steps % 5);
            prop_assert_eq!(rotate_array(items, steps), expected);
        }
    }
}
