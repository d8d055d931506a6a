//! family: addresses
//! split: train

use std::str::FromStr;

/// A hardware address of six bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MacAddress(pub [u8; 6]);

#[derive(Debug, PartialEq)]
pub enum MacError {
    MixedSeparators,
    GroupCount(usize),
    BadGroup(String),
}

impl FromStr for MacAddress {
    type Err = MacError;

    /// Reads six groups of two hexadecimal digits, separated by colons or by hyphens throughout.
    fn from_str(text: &str) -> Result<Self, MacError> {
        let separator = match (text.contains(':'), text.contains('-')) {
            (true, true) => return Err(MacError::MixedSeparators),
            (false, true) => '-',
            _ => ':',
        };
        let groups: Vec<&str> = text.split(separator).collect();
        if groups.len() != 6 {
            return Err(MacError::GroupCount(groups.len()));
        }
        let mut bytes = [0; 6];
        for (byte, group) in bytes.iter_mut().zip(groups) {
            let sound = group.len() == 2 && group.bytes().all(|b| b.is_ascii_hexdigit());
            let parsed = u8::from_str_radix(group, 16).ok().filter(|_| sound);
            *byte = parsed.ok_or_else(|| MacError::BadGroup(group.to_string()))?;
        }
        Ok(MacAddress(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: [u8; 6] = [0x00, 0x1a, 0x2b, 0xff, 0x09, 0x80];

    #[test]
    fn colons_and_hyphens_separate_but_never_both() {
        assert_eq!("00:1a:2b:ff:09:80".parse(), Ok(MacAddress(BYTES)));
        assert_eq!("00-1A-2B-FF-09-80".parse(), Ok(MacAddress(BYTES)));
        assert_eq!(
            "00:1a-2b:ff:09:80".parse::<MacAddress>(),
            Err(MacError::MixedSeparators)
        );
    }

    #[test]
    fn there_are_exactly_six_groups() {
        assert_eq!(
            "00:1a:2b".parse::<MacAddress>(),
            Err(MacError::GroupCount(3))
        );
        assert_eq!(
            "001a2bff0980".parse::<MacAddress>(),
            Err(MacError::GroupCount(1))
        );
    }

    #[test]
    fn a_group_has_two_hexadecimal_digits() {
        let bad = |group: &str| Err(MacError::BadGroup(group.to_string()));
        assert_eq!("00:1a:2b:ff:9:80".parse::<MacAddress>(), bad("9"));
        assert_eq!("00:1a:2b:ff:0g:80".parse::<MacAddress>(), bad("0g"));
        // `from_str_radix` takes a sign, an address does not.
        assert_eq!("00:+a:2b:ff:09:80".parse::<MacAddress>(), bad("+a"));
    }
}
