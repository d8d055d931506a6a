//! family: graphs
//! split: train

/// How many groups there are when each link joins two of `people`, and friends of friends too.
pub fn count_groups(people: usize, links: &[(usize, usize)]) -> usize {
    fn leader(leaders: &mut [usize], mut person: usize) -> usize {
        while leaders[person] != person {
            leaders[person] = leaders[leaders[person]];
            person = leaders[person];
        }
        person
    }
    let mut leaders: Vec<usize> = (0..people).collect();
    let mut groups = people;
    for &(a, b) in links {
        let (a, b) = (leader(&mut leaders, a), leader(&mut leaders, b));
        if a != b {
            leaders[b] = a;
            groups -= 1;
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn without_links_everyone_is_alone() {
        assert_eq!(count_groups(4, &[]), 4);
        assert_eq!(count_groups(0, &[]), 0);
    }

    #[test]
    fn a_second_way_joins_nothing_more() {
        // The last link joins somebody with themself.
        assert_eq!(count_groups(4, &[(0, 1), (1, 2), (2, 0), (0, 0)]), 2);
    }

    #[test]
    fn chains_from_both_ends_meet() {
        assert_eq!(count_groups(5, &[(0, 1), (3, 4), (2, 3), (1, 4)]), 1);
    }

    proptest! {
        #[test]
        fn order_and_direction_do_not_matter(mut links in prop::collection::vec((0usize..9, 0usize..9), 0..12)) {
            let groups = count_groups(9, &links);
            prop_assert!(groups >= 9usize.saturating_sub(links.len()).max(1));
            links.reverse();
            let turned: Vec<_> = links.iter().map(|&(a, b)| (b, a)).collect();
            prop_assert_eq!(count_groups(9, &turned), groups);
        }
    }
}
