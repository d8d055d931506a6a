//! family: iterators
//! split: train

/// Start and length of the longest run of equal neighbours, the first of those as long.
pub fn longest_run(values: &[u8]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let mut start = 0;
    for run in values.chunk_by(|a, b| a == b) {
        if best.is_none_or(|(_, length)| run.len() > length) {
            best = Some((start, run.len()));
        }
        start += run.len();
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_of_equal_length_is_taken() {
        assert_eq!(longest_run(&[1, 2, 2, 3, 3]), Some((1, 2)));
    }

    #[test]
    fn a_run_may_end_the_list() {
        // No change of value follows the last run.
        assert_eq!(longest_run(&[1, 1, 5, 5, 5]), Some((2, 3)));
        assert_eq!(longest_run(&[8]), Some((0, 1)));
        assert_eq!(longest_run(&[]), None);
    }

    proptest! {
        #[test]
        fn no_stretch_of_equals_is_longer(values in prop::collection::vec(0u8..3, 1..25)) {
            let (start, length) = longest_run(&values).unwrap();
            let alike = |part: &[u8]| part.iter().all(|value| *value == part[0]);
            prop_assert!(alike(&values[start..start + length]));
            prop_assert!(!values.windows(length + 1).any(alike));
        }
    }
}
