//! family: versions
//! split: train

/// Parses `major.minor.patch`; every part must be a plain decimal number without a leading zero.
pub fn parse_version(text: &str) -> Result<(u32, u32, u32), VersionError> {
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() != 3 {
        return Err(VersionError::PartCount(parts.len()));
    }
    let number = |part: &str| {
        let plain = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain || (part.len() > 1 && part.starts_with('0')) {
            return Err(VersionError::BadPart(part.to_string()));
        }
        part.parse()
            .map_err(|_| VersionError::BadPart(part.to_string()))
    };
    Ok((number(parts[0])?, number(parts[1])?, number(parts[2])?))
}

#[derive(Debug, PartialEq)]
pub enum VersionError {
    PartCount(usize),
    BadPart(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bad(part: &str) -> Result<(u32, u32, u32), VersionError> {
        Err(VersionError::BadPart(part.to_string()))
    }

    #[test]
    fn a_version_needs_exactly_three_parts() {
        assert_eq!(parse_version("1.2"), Err(VersionError::PartCount(2)));
        assert_eq!(parse_version("1.2.3.4"), Err(VersionError::PartCount(4)));
        // Splitting an empty text still gives one (empty) part.
        assert_eq!(parse_version(""), Err(VersionError::PartCount(1)));
    }

    #[test]
    fn zero_is_a_part_but_a_leading_zero_is_refused() {
        assert_eq!(parse_version("0.0.10"), Ok((0, 0, 10)));
        assert_eq!(parse_version("1.02.3"), bad("02"));
    }

    #[test]
    fn signs_empty_parts_and_too_large_numbers_are_refused() {
        // `u32::from_str` alone would accept the plus.
        assert_eq!(parse_version("1.+2.3"), bad("+2"));
        assert_eq!(parse_version("1..3"), bad(""));
        assert_eq!(parse_version("1.2.4294967296"), bad("4294967296"));
    }

    proptest! {
        #[test]
        fn a_printed_version_is_read_back(major: u32, minor: u32, patch: u32) {
            let text = format!("{major}.{minor}.{patch}");
            prop_assert_eq!(parse_version(&text), Ok((major, minor, patch)));
        }
    }
}
