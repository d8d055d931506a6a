//! family: quantities
//! split: train

#[derive(Debug, PartialEq)]
pub enum SizeError {
    NoNumber,
    UnknownUnit(String),
    Overflow,
}

/// Parses a size such as `64 KiB` or `3MB` into bytes: the binary units grow by 1024, the decimal
/// ones by 1000, and a bare number counts bytes.
pub fn parse_byte_size(text: &str) -> Result<u64, SizeError> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = (&text[..end], text[end..].trim_start());
    if number.is_empty() {
        return Err(SizeError::NoNumber);
    }
    let (base, power) = match unit {
        "" | "B" => (1, 1),
        "kB" => (1000, 1),
        "MB" => (1000, 2),
        "GB" => (1000, 3),
        "KiB" => (1024, 1),
        "MiB" => (1024, 2),
        "GiB" => (1024, 3),
        _ => return Err(SizeError::UnknownUnit(unit.to_string())),
    };
    let count: u64 = number.parse().map_err(|_| SizeError::Overflow)?;
    count
        .checked_mul(u64::pow(base, power))
        .ok_or(SizeError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_number_counts_bytes() {
        assert_eq!(parse_byte_size(" 512 "), Ok(512));
        assert_eq!(parse_byte_size("512B"), Ok(512));
    }

    #[test]
    fn decimal_and_binary_units_differ() {
        let sizes =
            ["2kB", "2 KiB", "2MB", "2MiB", "2GB", "2GiB"].map(|t| parse_byte_size(t).unwrap());
        assert_eq!(sizes[..2], [2_000, 2_048]);
        assert_eq!(sizes[2..4], [2_000_000, 2_097_152]);
        assert_eq!(sizes[4..], [2_000_000_000, 2_147_483_648]);
    }

    #[test]
    fn number_and_unit_must_both_make_sense() {
        assert_eq!(parse_byte_size("KiB"), Err(SizeError::NoNumber));
        assert_eq!(parse_byte_size(""), Err(SizeError::NoNumber));
        // Units are case-sensitive: `kb` could be kilobits.
        assert_eq!(
            parse_byte_size("1kb"),
            Err(SizeError::UnknownUnit("kb".into()))
        );
        assert_eq!(
            parse_byte_size("1.5MB"),
            Err(SizeError::UnknownUnit(".5MB".into()))
        );
    }

    #[test]
    fn the_product_must_fit() {
        assert_eq!(parse_byte_size("17179869183GiB"), Ok(17_179_869_183 << 30));
        assert_eq!(parse_byte_size("17179869184GiB"), Err(SizeError::Overflow));
        assert_eq!(
            parse_byte_size("18446744073709551616"),
            Err(SizeError::Overflow)
        );
    }
}
