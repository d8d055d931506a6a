//! family: hash-maps
//! split: train

use std::collections::HashSet;

/// The values without those that came before, in the order in which they came.
pub fn keep_first_seen(values: &[&str]) -> Vec<String> {
    let mut seen = HashSet::new();
    values
        .iter()
        .filter(|value| seen.insert(value.to_lowercase()))
        .map(|value| value.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_spelling_is_kept() {
        assert_eq!(
            keep_first_seen(&["Oslo", "Rome", "OSLO", "rome", "Bern"]),
            ["Oslo", "Rome", "Bern"]
        );
    }

    #[test]
    fn nothing_repeats_in_nothing() {
        // The empty text is a value like others.
        assert!(keep_first_seen(&[]).is_empty());
        assert_eq!(keep_first_seen(&["", ""]), [""]);
    }

    proptest! {
        #[test]
        fn a_second_pass_finds_nothing(values in prop::collection::vec("[aAbB]{1,2}", 0..12)) {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let kept = keep_first_seen(&values);
            let again: Vec<&str> = kept.iter().map(String::as_str).collect();
            prop_assert_eq!(keep_first_seen(&again), kept.clone());
            prop_assert!(values.iter().all(|value| kept.iter().any(|k| k.eq_ignore_ascii_case(value))));
        }
    }
}
