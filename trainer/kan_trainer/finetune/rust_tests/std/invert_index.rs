//! family: hash-maps
//! split: train

use std::collections::HashMap;

/// For every tag the numbers of the items that carry it, ascending and without repeats.
pub fn invert_index<'a>(items: &[(u32, &[&'a str])]) -> HashMap<&'a str, Vec<u32>> {
    let mut index: HashMap<&str, Vec<u32>> = HashMap::new();
    for (number, tags) in items {
        for tag in *tags {
            index.entry(tag).or_default().push(*number);
        }
    }
    for numbers in index.values_mut() {
        numbers.sort_unstable();
        numbers.dedup();
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tag_lists_its_items() {
        let index = invert_index(&[(7, &["red", "big"]), (3, &["red"]), (5, &[])]);
        assert_eq!(index["red"], [3, 7]);
        assert_eq!(index["big"], [7]);
        assert_eq!(index.len(), 2);
    }

    #[test]
    fn a_tag_given_twice_is_listed_once() {
        // Once within an item, and once by a second entry of the same item.
        let index = invert_index(&[(1, &["a", "a"]), (0, &["a"]), (1, &["a"])]);
        assert_eq!(index["a"], [0, 1]);
    }
}
