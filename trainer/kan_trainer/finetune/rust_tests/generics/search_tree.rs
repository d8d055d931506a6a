//! family: trees
//! split: test

use std::cmp::Ordering;

/// A binary search tree without repeats.
pub enum SearchTree<T> {
    Leaf,
    Node(Box<(SearchTree<T>, T, SearchTree<T>)>),
}

impl<T: Ord> SearchTree<T> {
    /// Adds `item` and returns whether it is new.
    pub fn insert(&mut self, item: T) -> bool {
        match self {
            SearchTree::Leaf => {
                *self = SearchTree::Node(Box::new((SearchTree::Leaf, item, SearchTree::Leaf)));
                true
            }
            SearchTree::Node(node) => match item.cmp(&node.1) {
                Ordering::Less => node.0.insert(item),
                Ordering::Greater => node.2.insert(item),
                Ordering::Equal => false,
            },
        }
    }

    /// Calls `visit` with the items in their order.
    pub fn for_each<'a>(&'a self, visit: &mut impl FnMut(&'a T)) {
        if let SearchTree::Node(node) = self {
            node.0.for_each(visit);
            visit(&node.1);
            node.2.for_each(visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tree<T: Ord>(items: impl IntoIterator<Item = T>) -> SearchTree<T> {
        let mut tree = SearchTree::Leaf;
        for item in items {
            tree.insert(item);
        }
        tree
    }

    fn listed<T: Ord + Clone>(tree: &SearchTree<T>) -> Vec<T> {
        let mut items = Vec::new();
        tree.for_each(&mut |item| items.push(item.clone()));
        items
    }

    #[test]
    fn items_are_visited_in_order() {
        assert_eq!(listed(&tree(["m", "c", "x", "a"])), ["a", "c", "m", "x"]);
    }

    #[test]
    fn a_known_item_is_not_new() {
        // Both sides of the root are searched.
        let mut tree = tree([2, 1, 3]);
        assert!(!tree.insert(1));
        assert!(!tree.insert(3));
        assert!(tree.insert(4));
        assert_eq!(listed(&tree), [1, 2, 3, 4]);
    }

    #[test]
    fn visited_items_may_be_kept() {
        // The references live as long as the tree, not as the call.
        let tree = tree([String::from("b"), String::from("a")]);
        let mut kept: Vec<&str> = Vec::new();
        tree.for_each(&mut |item| kept.push(item));
        assert_eq!(kept, ["a", "b"]);
    }

    proptest! {
        #[test]
        fn it_holds_what_an_ordered_set_would(items in prop::collection::vec(0u8..20, 0..30)) {
            let mut set = std::collections::BTreeSet::new();
            let mut tree = SearchTree::Leaf;
            for item in items {
                prop_assert_eq!(tree.insert(item), set.insert(item));
            }
            prop_assert!(listed(&tree).into_iter().eq(set));
        }
    }
}
