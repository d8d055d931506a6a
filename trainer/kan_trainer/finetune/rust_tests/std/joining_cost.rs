//! family: heaps
//! split: test

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The least it can cost to tie ropes into one, when a knot costs as much as both ropes are long.
pub fn joining_cost(lengths: &[u32]) -> u64 {
    let mut ropes: BinaryHeap<Reverse<u64>> = lengths
        .iter()
        .map(|&length| Reverse(u64::from(length)))
        .collect();
    let mut cost = 0;
    while let (Some(Reverse(shortest)), Some(Reverse(next))) = (ropes.pop(), ropes.pop()) {
        cost += shortest + next;
        ropes.push(Reverse(shortest + next));
    }
    cost
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_shortest_are_tied_first() {
        // 2 + 3, then 4 + 5, then 6 + 9.
        assert_eq!(joining_cost(&[4, 3, 2, 6]), 5 + 9 + 15);
    }

    #[test]
    fn one_rope_needs_no_knot() {
        assert_eq!(joining_cost(&[8]), 0);
        assert_eq!(joining_cost(&[]), 0);
        assert_eq!(joining_cost(&[8, 1]), 9);
    }

    #[test]
    fn long_ropes_do_not_overflow() {
        assert_eq!(joining_cost(&[u32::MAX, u32::MAX]), 8_589_934_590);
    }

    proptest! {
        #[test]
        fn no_order_of_three_is_cheaper(a in 0u32..99, b in 0u32..99, c in 0u32..99) {
            let all = u64::from(a + b + c);
            let cheapest = (a + b).min(b + c).min(a + c);
            prop_assert_eq!(joining_cost(&[a, b, c]), all + u64::from(cheapest));
        }
    }
}
