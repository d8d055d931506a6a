//! family: monoids
//! split: test

use std::ops::Range;

/// Answers in logarithmic time what an associative operation makes of any range of values.
pub struct SegmentTree<T, F> {
    neutral: T,
    nodes: Vec<T>,
    combine: F,
}

impl<T: Clone, F: Fn(&T, &T) -> T> SegmentTree<T, F> {
    pub fn new(values: &[T], neutral: T, combine: F) -> Self {
        let mut nodes = [vec![neutral.clone(); values.len()], values.to_vec()].concat();
        for at in (1..values.len()).rev() {
            nodes[at] = combine(&nodes[2 * at], &nodes[2 * at + 1]);
        }
        SegmentTree {
            neutral,
            nodes,
            combine,
        }
    }

    /// The values of `range` combined in their order.
    pub fn query(&self, range: Range<usize>) -> T {
        let leaves = self.nodes.len() / 2;
        let (mut from, mut to) = (range.start + leaves, range.end + leaves);
        let (mut left, mut right) = (self.neutral.clone(), self.neutral.clone());
        while from < to {
            if from % 2 == 1 {
                left = (self.combine)(&left, &self.nodes[from]);
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                right = (self.combine)(&self.nodes[to], &right);
            }
            (from, to) = (from / 2, to / 2);
        }
        (self.combine)(&left, &right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn join(left: &String, right: &String) -> String {
        format!("{left}{right}")
    }

    #[test]
    fn ranges_are_combined_in_their_order() {
        let letters = ["a", "b", "c", "d", "e"].map(String::from);
        let tree = SegmentTree::new(&letters, String::new(), join);
        assert_eq!(tree.query(0..5), "abcde");
        assert_eq!(tree.query(1..4), "bcd");
        assert_eq!(tree.query(4..5), "e");
    }

    #[test]
    fn an_empty_range_is_neutral() {
        let tree = SegmentTree::new(&[3, 1, 2], i32::MAX, |a, b| *a.min(b));
        assert_eq!(tree.query(2..2), i32::MAX);
        assert_eq!(tree.query(0..3), 1);
        // A tree without values has this one range only.
        assert_eq!(
            SegmentTree::new(&[], 0, |a: &i32, b: &i32| a + b).query(0..0),
            0
        );
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_fold(values in prop::collection::vec("[a-z]", 1..20), ends in (0usize..20, 0usize..20)) {
            let tree = SegmentTree::new(&values, String::new(), join);
            let to = ends.1.min(values.len());
            let from = ends.0.min(to);
            prop_assert_eq!(tree.query(from..to), values[from..to].concat());
        }
    }
}
