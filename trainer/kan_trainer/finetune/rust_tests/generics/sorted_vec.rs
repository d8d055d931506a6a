//! family: phantom-types
//! split: train

/// A vector that is always in order, so that it can be searched by halving.
#[derive(Debug, PartialEq)]
pub struct SortedVec<T>(Vec<T>);

impl<T: Ord> FromIterator<T> for SortedVec<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items: Vec<T> = items.into_iter().collect();
        items.sort();
        SortedVec(items)
    }
}

impl<T: Ord> SortedVec<T> {
    /// How many items are less than `bound`.
    pub fn rank(&self, bound: &T) -> usize {
        self.0.partition_point(|item| item < bound)
    }

    /// The least item that is not less than `bound`.
    pub fn at_least(&self, bound: &T) -> Option<&T> {
        self.0.get(self.rank(bound))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rank_counts_what_is_less() {
        let sorted: SortedVec<i32> = [5, 1, 3, 3].into_iter().collect();
        assert_eq!(sorted.rank(&0), 0);
        // Equal items are not less.
        assert_eq!(sorted.rank(&3), 1);
        assert_eq!(sorted.rank(&4), 3);
        assert_eq!(sorted.rank(&9), 4);
    }

    #[test]
    fn a_bound_may_be_met_exactly_or_from_above() {
        // Nothing is as great as g.
        let sorted: SortedVec<char> = "dbf".chars().collect();
        assert_eq!(sorted.at_least(&'b'), Some(&'b'));
        assert_eq!(sorted.at_least(&'c'), Some(&'d'));
        assert_eq!(sorted.at_least(&'g'), None);
    }

    proptest! {
        #[test]
        fn order_and_search_agree_with_a_plain_scan(items in prop::collection::vec(0u8..20, 0..15), bound in 0u8..20) {
            let sorted: SortedVec<u8> = items.iter().copied().collect();
            prop_assert_eq!(sorted.rank(&bound), items.iter().filter(|&&item| item < bound).count());
            let least = items.iter().filter(|&&item| item >= bound).min();
            prop_assert_eq!(sorted.at_least(&bound), least);
        }
    }
}
