//! family: hash-maps
//! split: train

use std::collections::HashMap;

/// The first value that occurs only once.
pub fn first_unique(values: &[u32]) -> Option<u32> {
    let mut repeated: HashMap<u32, bool> = HashMap::new();
    for &value in values {
        repeated
            .entry(value)
            .and_modify(|again| *again = true)
            .or_insert(false);
    }
    values.iter().copied().find(|value| !repeated[value])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_earliest_of_several_is_taken() {
        assert_eq!(first_unique(&[4, 9, 4, 7]), Some(9));
    }

    #[test]
    fn three_times_is_not_unique_either() {
        // A flag that toggles would forget the second one.
        assert_eq!(first_unique(&[5, 5, 5]), None);
        assert_eq!(first_unique(&[]), None);
    }

    proptest! {
        #[test]
        fn it_occurs_once_and_none_before_it_does(values in prop::collection::vec(0u32..8, 0..15)) {
            let once = |value: &&u32| values.iter().filter(|other| other == value).count() == 1;
            prop_assert_eq!(first_unique(&values), values.iter().find(once).copied());
        }
    }
}
