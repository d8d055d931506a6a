//! family: text-format
//! split: train

/// A size with the largest binary unit that keeps it at one or more: `1.5 KiB`.
pub fn format_bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let power = (63 - bytes.leading_zeros()) / 10;
    let tenths = (u128::from(bytes) * 10) >> (10 * power);
    let unit = UNITS[power as usize - 1];
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_sizes_are_plain_bytes() {
        assert_eq!(format_bytes(0), "0 B");
        assert_eq!(format_bytes(1_023), "1023 B");
    }

    #[test]
    fn each_unit_begins_at_a_power_of_1024() {
        assert_eq!(format_bytes(1_024), "1.0 KiB");
        assert_eq!(format_bytes(1_536), "1.5 KiB");
        // A tenth is cut and not rounded, so that no unit shows 1024.0.
        assert_eq!(format_bytes((1 << 20) - 1), "1023.9 KiB");
        assert_eq!(format_bytes(1 << 20), "1.0 MiB");
    }

    #[test]
    fn the_largest_number_has_a_unit() {
        assert_eq!(format_bytes(u64::MAX), "15.9 EiB");
    }
}
