//! family: batching
//! split: train

use std::ops::Range;
use tokio::sync::mpsc::UnboundedReceiver;

/// Joins ranges that touch or overlap the one before them, until the channel closes; an empty
/// range is ignored. Meant for writes that mostly follow each other.
pub async fn coalesce(mut writes: UnboundedReceiver<Range<u32>>) -> Vec<Range<u32>> {
    let mut joined: Vec<Range<u32>> = Vec::new();
    while let Some(range) = writes.recv().await {
        if range.is_empty() {
            continue;
        }
        match joined.last_mut() {
            Some(last) if range.start <= last.end && last.start <= range.end => {
                last.start = last.start.min(range.start);
                last.end = last.end.max(range.end);
            }
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::runtime::Builder;
    use tokio::sync::mpsc;

    fn coalesced(ranges: &[Range<u32>]) -> Vec<Range<u32>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        ranges
            .iter()
            .for_each(|range| sender.send(range.clone()).unwrap());
        drop(sender);
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(coalesce(receiver))
    }

    #[test]
    fn ranges_that_touch_are_joined_on_either_side() {
        assert_eq!(coalesced(&[4..6, 6..8, 2..4]), vec![2..8]);
    }

    #[test]
    fn a_gap_on_either_side_separates() {
        assert_eq!(coalesced(&[4..6, 7..9]), [4..6, 7..9]);
        assert_eq!(coalesced(&[4..6, 1..3]), [4..6, 1..3]);
    }

    #[test]
    fn a_range_within_the_last_one_changes_nothing() {
        assert_eq!(coalesced(&[0..9, 3..5]), vec![0..9]);
        // An empty one does not even separate or join.
        assert_eq!(coalesced(&[5..5, 0..2, 2..2]), vec![0..2]);
    }

    proptest! {
        #[test]
        fn a_number_is_covered_after_it_if_it_was_before(
            ranges in prop::collection::vec((0u32..20, 0u32..5), 0..8),
        ) {
            let spans = ranges.into_iter().map(|(start, length)| start..start + length);
            let ranges: Vec<_> = spans.collect();
            let joined = coalesced(&ranges);
            for number in 0..25 {
                let covered = |all: &[Range<u32>]| all.iter().any(|range| range.contains(&number));
                prop_assert_eq!(covered(&joined), covered(&ranges));
            }
        }
    }
}
