//! family: intervals
//! split: test

/// How much of the line lies under at least one of the segments.
pub fn covered_length(segments: &[(i64, i64)]) -> u64 {
    let mut ends: Vec<(i64, i32)> = Vec::new();
    for &(a, b) in segments {
        ends.push((a.min(b), 1));
        ends.push((a.max(b), -1));
    }
    ends.sort_unstable();
    let mut open = 0;
    let mut covered = 0;
    for pair in ends.windows(2) {
        open += pair[0].1;
        if open > 0 {
            covered += pair[0].0.abs_diff(pair[1].0);
        }
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_overlap_counts_once() {
        // The second list has one segment inside another.
        assert_eq!(covered_length(&[(0, 10), (5, 12)]), 12);
        assert_eq!(covered_length(&[(0, 10), (2, 3), (20, 21)]), 11);
    }

    #[test]
    fn a_segment_may_be_given_backwards() {
        assert_eq!(covered_length(&[(7, 3)]), 4);
        assert_eq!(covered_length(&[(4, 4)]), 0);
        assert_eq!(covered_length(&[]), 0);
    }

    #[test]
    fn the_whole_line_can_be_covered() {
        // The length does not fit an i64.
        assert_eq!(covered_length(&[(i64::MIN, i64::MAX)]), u64::MAX);
    }

    proptest! {
        #[test]
        fn every_unit_is_looked_at(segments in prop::collection::vec((-12i64..12, -12i64..12), 0..7)) {
            let under = |at: i64| segments.iter().any(|&(a, b)| a.min(b) <= at && at < a.max(b));
            prop_assert_eq!(covered_length(&segments), (-12..12).filter(|&at| under(at)).count() as u64);
        }
    }
}
