//! family: cursors
//! split: train

/// Finds the runs of ASCII digits in a text and where they begin.
pub struct DigitRuns<'a> {
    text: &'a str,
    position: usize,
}

pub fn digit_runs(text: &str) -> DigitRuns<'_> {
    DigitRuns { text, position: 0 }
}

impl<'a> Iterator for DigitRuns<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.text[self.position..];
        let start = self.position + rest.find(|c: char| c.is_ascii_digit())?;
        let run = &self.text[start..];
        let length = run.find(|c: char| !c.is_ascii_digit()).unwrap_or(run.len());
        self.position = start + length;
        Some((start, &run[..length]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_run_comes_with_its_place() {
        let runs: Vec<_> = digit_runs("a12b345").collect();
        assert_eq!(runs, [(1, "12"), (4, "345")]);
    }

    #[test]
    fn a_text_may_begin_with_digits_and_end_without() {
        // The run at the very start is at place zero.
        assert!(digit_runs("7 up").eq([(0, "7")]));
        assert!(digit_runs("none").eq([]));
    }

    #[test]
    fn places_are_counted_in_bytes() {
        // The umlaut takes two of them.
        assert!(digit_runs("ü1ü2").eq([(2, "1"), (5, "2")]));
    }

    proptest! {
        #[test]
        fn the_digits_found_are_all_the_digits(text in "[0-9a-cß]{0,20}") {
            let found: String = digit_runs(&text).map(|(_, run)| run).collect();
            prop_assert_eq!(found, text.replace(|c: char| !c.is_ascii_digit(), ""));
            for (at, run) in digit_runs(&text) {
                prop_assert!(text[at..].starts_with(run));
                prop_assert!(!text[..at].ends_with(|c: char| c.is_ascii_digit()));
            }
        }
    }
}
