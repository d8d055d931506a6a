//! family: slice-views
//! split: test

/// Cuts a slice into its longest stretches in which no item is less than the one before.
pub struct AscendingRuns<'a, T> {
    rest: &'a [T],
}

impl<'a, T: PartialOrd> AscendingRuns<'a, T> {
    pub fn of(items: &'a [T]) -> Self {
        AscendingRuns { rest: items }
    }
}

impl<'a, T: PartialOrd> Iterator for AscendingRuns<'a, T> {
    type Item = &'a [T];

    fn next(&mut self) -> Option<&'a [T]> {
        if self.rest.is_empty() {
            return None;
        }
        let fall = self.rest.windows(2).position(|pair| pair[1] < pair[0]);
        let length = fall.map_or(self.rest.len(), |at| at + 1);
        let (run, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_run_ends_where_the_values_fall() {
        let runs: Vec<&[i32]> = AscendingRuns::of(&[1, 4, 9, 2, 3, 0]).collect();
        assert_eq!(runs, [&[1, 4, 9][..], &[2, 3], &[0]]);
    }

    #[test]
    fn equal_items_do_not_end_a_run() {
        assert!(AscendingRuns::of(b"aabb").eq([b"aabb"]));
    }

    #[test]
    fn an_empty_slice_has_no_run() {
        // Not even an empty run.
        assert_eq!(AscendingRuns::<f64>::of(&[]).next(), None);
    }

    proptest! {
        #[test]
        fn runs_are_sorted_and_as_long_as_can_be(items in prop::collection::vec(any::<i8>(), 0..30)) {
            let runs: Vec<&[i8]> = AscendingRuns::of(&items).collect();
            prop_assert_eq!(runs.concat(), &items[..]);
            prop_assert!(runs.iter().all(|run| run.is_sorted()));
            // Two neighbours could not be joined.
            prop_assert!(runs.windows(2).all(|pair| pair[0].last() > pair[1].first()));
        }
    }
}
