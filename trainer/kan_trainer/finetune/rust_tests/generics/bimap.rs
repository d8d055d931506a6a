//! family: keyed-containers
//! split: train

use std::collections::HashMap;
use std::hash::Hash;

/// Pairs that can be looked up from either side; no left or right value occurs twice.
#[derive(Default)]
pub struct BiMap<L, R> {
    forward: HashMap<L, R>,
    backward: HashMap<R, L>,
}

impl<L: Hash + Eq + Clone, R: Hash + Eq + Clone> BiMap<L, R> {
    /// Adds a pair; pairs that share a side with it go.
    pub fn insert(&mut self, left: L, right: R) {
        if let Some(old) = self.forward.insert(left.clone(), right.clone()) {
            self.backward.remove(&old);
        }
        if let Some(old) = self.backward.insert(right, left.clone()) {
            if old != left {
                self.forward.remove(&old);
            }
        }
    }

    pub fn right_of(&self, left: &L) -> Option<&R> {
        self.forward.get(left)
    }

    pub fn left_of(&self, right: &R) -> Option<&L> {
        self.backward.get(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ports() -> BiMap<&'static str, u16> {
        let mut ports = BiMap::default();
        ports.insert("http", 80);
        ports.insert("ssh", 22);
        ports
    }

    #[test]
    fn pairs_are_found_from_both_sides() {
        assert_eq!(ports().right_of(&"ssh"), Some(&22));
        assert_eq!(ports().left_of(&80), Some(&"http"));
    }

    #[test]
    fn a_new_right_value_frees_the_old_one() {
        let mut ports = ports();
        ports.insert("http", 8080);
        assert_eq!(ports.left_of(&80), None);
        assert_eq!(ports.left_of(&8080), Some(&"http"));
    }

    #[test]
    fn a_taken_right_value_parts_from_its_left() {
        // 80 can belong to one name only.
        let mut ports = ports();
        ports.insert("web", 80);
        assert_eq!(ports.right_of(&"http"), None);
        assert_eq!(ports.right_of(&"web"), Some(&80));
    }

    #[test]
    fn inserting_a_pair_again_keeps_it() {
        let mut ports = ports();
        ports.insert("ssh", 22);
        assert_eq!(ports.right_of(&"ssh"), Some(&22));
        assert_eq!(ports.left_of(&22), Some(&"ssh"));
    }

    proptest! {
        #[test]
        fn both_sides_always_agree(pairs in prop::collection::vec((0u8..6, 0u8..6), 0..20)) {
            let mut map = BiMap::default();
            for (left, right) in pairs {
                map.insert(left, right);
                prop_assert_eq!(map.right_of(&left), Some(&right));
            }
            for n in 0..6 {
                prop_assert!(map.right_of(&n).is_none_or(|right| map.left_of(right) == Some(&n)));
                prop_assert!(map.left_of(&n).is_none_or(|left| map.right_of(left) == Some(&n)));
            }
        }
    }
}
