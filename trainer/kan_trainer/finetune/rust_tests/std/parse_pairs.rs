//! family: parsing
//! split: train

use std::collections::BTreeMap;

/// Reads `key=value` pairs parted by semicolons; a later pair replaces an earlier one.
pub fn parse_pairs(text: &str) -> BTreeMap<String, String> {
    text.split(';')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.trim().to_lowercase(), value.trim().to_string()))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_around_and_case_of_keys_do_not_count() {
        let pairs = parse_pairs(" Path = /home ; user=Ada");
        assert_eq!(pairs["path"], "/home");
        assert_eq!(pairs["user"], "Ada");
        assert_eq!(pairs.len(), 2);
    }

    #[test]
    fn what_is_no_pair_is_passed_over() {
        assert!(parse_pairs("flag; =x;;").is_empty());
    }

    #[test]
    fn only_the_first_equals_sign_parts() {
        let pairs = parse_pairs("a=1=2;a=b=;empty=");
        // The second `a` replaced the first.
        assert_eq!(pairs["a"], "b=");
        assert_eq!(pairs["empty"], "");
    }
}
