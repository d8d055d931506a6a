//! family: trees
//! split: test

/// A value with any number of subtrees.
#[derive(Clone, Debug, PartialEq)]
pub struct RoseTree<T> {
    pub value: T,
    pub children: Vec<RoseTree<T>>,
}

impl<T> RoseTree<T> {
    pub fn leaf(value: T) -> Self {
        RoseTree {
            value,
            children: Vec::new(),
        }
    }

    /// Folds the tree from its leaves up: `combine` gets a value and the results of its subtrees.
    pub fn fold<R>(&self, combine: &impl Fn(&T, Vec<R>) -> R) -> R {
        let results = self.children.iter().map(|child| child.fold(combine));
        combine(&self.value, results.collect())
    }

    /// The number of nodes on the longest way down.
    pub fn height(&self) -> usize {
        self.fold(&|_, below| 1 + below.into_iter().max().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tree() -> RoseTree<i32> {
        RoseTree {
            value: 1,
            children: vec![
                RoseTree::leaf(2),
                RoseTree {
                    value: 3,
                    children: vec![RoseTree::leaf(4), RoseTree::leaf(5)],
                },
            ],
        }
    }

    #[test]
    fn the_height_counts_the_nodes_of_the_longest_way() {
        // A leaf counts as one.
        assert_eq!(tree().height(), 3);
        assert_eq!(RoseTree::leaf("x").height(), 1);
    }

    #[test]
    fn a_fold_may_add_up_everything() {
        let sum = tree().fold(&|value, below: Vec<i32>| value + below.iter().sum::<i32>());
        assert_eq!(sum, 15);
    }

    #[test]
    fn subtrees_come_in_their_order() {
        let text = tree().fold(&|value, below: Vec<String>| {
            // A leaf has no brackets.
            if below.is_empty() {
                value.to_string()
            } else {
                format!("{value}({})", below.join(" "))
            }
        });
        assert_eq!(text, "1(2 3(4 5))");
    }

    proptest! {
        #[test]
        fn a_chain_is_as_high_as_it_is_long(values in prop::collection::vec(any::<u8>(), 1..20)) {
            let chain = values.iter().skip(1).fold(RoseTree::leaf(values[0]), |child, &value| RoseTree {
                value,
                children: vec![RoseTree::leaf(0), child],
            });
            prop_assert_eq!(chain.height(), values.len().max(1));
            let count = chain.fold(&|_, below: Vec<usize>| 1 + below.iter().sum::<usize>());
            prop_assert_eq!(count, 2 * values.len() - 1);
        }
    }
}
