//! family: macros-collections
//! split: test

use std::collections::BTreeMap;

/// A map written as it is printed, `map_of! { "a" => 1, "b" => 2 }`.
macro_rules! map_of {
    ($($key:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut map = BTreeMap::new();
        $(map.insert($key.to_string(), $value);)*
        map
    }};
}

/// How many items of an order a discount applies to, given the least quantity of each article.
pub fn discounted_items(order: &BTreeMap<String, u32>) -> u32 {
    let least: BTreeMap<String, u32> = map_of! { "pen" => 10, "book" => 3, "lamp" => 2 };
    order
        .iter()
        .filter(|(article, count)| least.get(*article).is_some_and(|least| *count >= least))
        .map(|(_, count)| count)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_quantity_is_enough() {
        // Exactly the least of each, and then one less.
        assert_eq!(
            discounted_items(&map_of! { "pen" => 10, "book" => 3, "lamp" => 2 }),
            15
        );
        assert_eq!(
            discounted_items(&map_of! { "pen" => 9, "book" => 2, "lamp" => 1 }),
            0
        );
    }

    #[test]
    fn unknown_articles_have_no_discount() {
        assert_eq!(discounted_items(&map_of! { "desk" => 100, "book" => 4 }), 4);
        assert_eq!(discounted_items(&map_of! {}), 0);
    }

    #[test]
    fn a_later_entry_replaces_an_earlier_one() {
        let map: BTreeMap<String, i32> = map_of! { "a" => 1, "a" => 2, };
        assert_eq!(map.len(), 1);
        assert_eq!(map["a"], 2);
    }
}
