//! family: intervals
//! split: test

/// Joins half-open intervals that overlap or touch; the result is ascending.
pub fn merge_intervals(mut intervals: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    intervals.retain(|(start, end)| start < end);
    intervals.sort_unstable();
    let mut merged: Vec<(i32, i32)> = Vec::new();
    for (start, end) in intervals {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn touching_intervals_are_one() {
        assert_eq!(merge_intervals(vec![(3, 5), (1, 3)]), [(1, 5)]);
        assert_eq!(merge_intervals(vec![(1, 3), (4, 5)]), [(1, 3), (4, 5)]);
    }

    #[test]
    fn one_that_lies_inside_adds_nothing() {
        // The later end must not replace the larger one.
        assert_eq!(merge_intervals(vec![(0, 9), (2, 4)]), [(0, 9)]);
    }

    #[test]
    fn empty_intervals_vanish() {
        // The second one ends before it starts.
        assert!(merge_intervals(vec![(4, 4), (6, 2)]).is_empty());
    }

    proptest! {
        #[test]
        fn exactly_the_same_points_are_covered(
            intervals in prop::collection::vec((-10i32..10, -10i32..10), 0..10),
            point in -11i32..11,
        ) {
            let covers = |&(start, end): &(i32, i32)| start <= point && point < end;
            let merged = merge_intervals(intervals.clone());
            prop_assert_eq!(merged.iter().any(covers), intervals.iter().any(covers));
            prop_assert!(merged.windows(2).all(|two| two[0].1 < two[1].0));
        }
    }
}
