//! family: ordered-maps
//! split: train

use std::collections::BTreeMap;

/// The rank of each player: equal scores share one, and the rank after them is left out.
pub fn rank_of_scores(scores: &[(&str, u32)]) -> BTreeMap<String, usize> {
    let mut by_score: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for (name, score) in scores {
        by_score.entry(*score).or_default().push(name);
    }
    let mut ranks = BTreeMap::new();
    let mut next = 1;
    for names in by_score.values().rev() {
        for name in names {
            ranks.insert(name.to_string(), next);
        }
        next += names.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_scores_share_a_rank() {
        let ranks = rank_of_scores(&[("ada", 9), ("bob", 7), ("cy", 9), ("di", 1)]);
        assert_eq!((ranks["ada"], ranks["cy"]), (1, 1));
        // Two share the first, so there is no second.
        assert_eq!((ranks["bob"], ranks["di"]), (3, 4));
    }

    #[test]
    fn nobody_has_no_rank() {
        assert!(rank_of_scores(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn a_rank_is_one_more_than_those_who_are_better(scores in prop::collection::vec(0u32..5, 1..9)) {
            let names: Vec<String> = (0..scores.len()).map(|i| i.to_string()).collect();
            let players: Vec<(&str, u32)> = names.iter().map(String::as_str).zip(scores.clone()).collect();
            let ranks = rank_of_scores(&players);
            for (name, score) in &players {
                prop_assert_eq!(ranks[*name], scores.iter().filter(|other| *other > score).count() + 1);
            }
        }
    }
}
