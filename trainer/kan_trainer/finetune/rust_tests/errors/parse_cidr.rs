//! family: addresses
//! split: train

use std::net::{AddrParseError, Ipv4Addr};

#[derive(Debug, PartialEq)]
pub enum CidrError {
    NoSlash,
    Address(AddrParseError),
    Prefix(String),
    HostBits(Ipv4Addr),
}

impl From<AddrParseError> for CidrError {
    fn from(error: AddrParseError) -> Self {
        CidrError::Address(error)
    }
}

/// Parses a network such as `10.0.0.0/8`. An address with bits set behind the prefix is refused,
/// together with the network that was probably meant.
pub fn parse_cidr(text: &str) -> Result<(Ipv4Addr, u8), CidrError> {
    let (address, prefix) = text.split_once('/').ok_or(CidrError::NoSlash)?;
    let address: Ipv4Addr = address.parse()?;
    let length = prefix.parse().ok().filter(|&length: &u8| length <= 32);
    let length = length.ok_or_else(|| CidrError::Prefix(prefix.to_string()))?;
    let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
    let network = Ipv4Addr::from(u32::from(address) & mask);
    if network == address {
        Ok((network, length))
    } else {
        Err(CidrError::HostBits(network))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_runs_from_nothing_to_a_single_host() {
        assert_eq!(parse_cidr("0.0.0.0/0"), Ok((Ipv4Addr::new(0, 0, 0, 0), 0)));
        assert_eq!(
            parse_cidr("10.1.2.3/32"),
            Ok((Ipv4Addr::new(10, 1, 2, 3), 32))
        );
        assert_eq!(
            parse_cidr("10.1.2.3/33"),
            Err(CidrError::Prefix("33".into()))
        );
    }

    #[test]
    fn set_host_bits_are_answered_with_the_network() {
        let meant = Ipv4Addr::new(192, 168, 4, 0);
        assert_eq!(
            parse_cidr("192.168.5.1/23"),
            Err(CidrError::HostBits(meant))
        );
        // A prefix of zero keeps no bit at all.
        let everything = Ipv4Addr::new(0, 0, 0, 0);
        assert_eq!(
            parse_cidr("1.0.0.0/0"),
            Err(CidrError::HostBits(everything))
        );
    }

    #[test]
    fn both_halves_must_be_there_and_be_sound() {
        assert_eq!(parse_cidr("10.0.0.0"), Err(CidrError::NoSlash));
        assert!(matches!(parse_cidr("10.0.0/8"), Err(CidrError::Address(_))));
        assert_eq!(parse_cidr("10.0.0.0/"), Err(CidrError::Prefix("".into())));
    }
}
