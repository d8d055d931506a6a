//! family: text-format
//! split: train

/// Seconds as people write them, the two largest units: `1d 3h`, `2m 5s`, `0s`.
pub fn format_duration(seconds: u64) -> String {
    const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (name, size) in UNITS {
        let count = rest / size;
        rest %= size;
        if count > 0 || !parts.is_empty() {
            parts.push((count, name));
        }
    }
    parts.truncate(2);
    let shown: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count}{name}"))
        .collect();
    if shown.is_empty() {
        "0s".to_string()
    } else {
        shown.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_begins_where_the_smaller_is_full() {
        assert_eq!(format_duration(59), "59s");
        assert_eq!(format_duration(60), "1m");
        assert_eq!(format_duration(3_599), "59m 59s");
        assert_eq!(format_duration(3_600), "1h");
        assert_eq!(format_duration(86_400), "1d");
    }

    #[test]
    fn only_two_units_are_told() {
        assert_eq!(format_duration(86_400 + 3 * 3_600 + 7), "1d 3h");
        // The hours between days and minutes are zero, so only the days remain.
        assert_eq!(format_duration(2 * 86_400 + 59 * 60), "2d");
    }

    #[test]
    fn nothing_is_zero_seconds() {
        assert_eq!(format_duration(0), "0s");
    }
}
