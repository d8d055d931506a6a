//! family: graphs
//! split: train

use std::collections::VecDeque;

/// The fewest steps from `start` to each node along the edges; `None` where no way leads.
pub fn hop_counts(edges: &[Vec<usize>], start: usize) -> Vec<Option<u32>> {
    let mut hops = vec![None; edges.len()];
    hops[start] = Some(0);
    let mut waiting = VecDeque::from([(start, 0)]);
    while let Some((node, distance)) = waiting.pop_front() {
        for &next in &edges[node] {
            if hops[next].is_none() {
                hops[next] = Some(distance + 1);
                waiting.push_back((next, distance + 1));
            }
        }
    }
    hops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shorter_of_two_ways_counts() {
        // 0 → 1 → 2 → 3, and the short cut 0 → 3.
        let edges = [vec![1, 3], vec![2], vec![3], vec![]];
        assert_eq!(hop_counts(&edges, 0), [Some(0), Some(1), Some(2), Some(1)]);
    }

    #[test]
    fn edges_lead_one_way_only() {
        assert_eq!(hop_counts(&[vec![1], vec![]], 1), [None, Some(0)]);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(
            hop_counts(&[vec![0, 1], vec![2], vec![0]], 1),
            [Some(2), Some(0), Some(1)]
        );
    }
}
