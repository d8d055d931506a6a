//! family: addresses
//! split: train

#[derive(Debug, PartialEq)]
pub enum AddressError {
    OctetCount(usize),
    NotANumber { octet: usize },
    TooLarge { octet: usize, value: u32 },
}

/// Parses a dotted IPv4 address of four decimal octets, each of one to three digits.
pub fn parse_ipv4(text: &str) -> Result<[u8; 4], AddressError> {
    let count = text.split('.').count();
    if count != 4 {
        return Err(AddressError::OctetCount(count));
    }
    let mut address = [0; 4];
    for (octet, part) in text.split('.').enumerate() {
        let digits = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if !digits {
            return Err(AddressError::NotANumber { octet });
        }
        let value = part
            .bytes()
            .fold(0, |sum, b| sum * 10 + u32::from(b - b'0'));
        address[octet] =
            u8::try_from(value).map_err(|_| AddressError::TooLarge { octet, value })?;
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_largest_octet_is_255() {
        assert_eq!(parse_ipv4("0.10.200.255"), Ok([0, 10, 200, 255]));
        let expected = AddressError::TooLarge {
            octet: 3,
            value: 256,
        };
        assert_eq!(parse_ipv4("0.0.0.256"), Err(expected));
    }

    #[test]
    fn there_are_exactly_four_octets() {
        assert_eq!(parse_ipv4("1.2.3"), Err(AddressError::OctetCount(3)));
        assert_eq!(parse_ipv4("1.2.3.4.5"), Err(AddressError::OctetCount(5)));
    }

    #[test]
    fn an_octet_has_one_to_three_digits() {
        assert_eq!(
            parse_ipv4("1..3.4"),
            Err(AddressError::NotANumber { octet: 1 })
        );
        assert_eq!(
            parse_ipv4("1.2.0003.4"),
            Err(AddressError::NotANumber { octet: 2 })
        );
        // Neither a sign nor a space belongs to an octet.
        assert_eq!(
            parse_ipv4("+1.2.3.4"),
            Err(AddressError::NotANumber { octet: 0 })
        );
        assert_eq!(
            parse_ipv4("1.2.3. 4"),
            Err(AddressError::NotANumber { octet: 3 })
        );
    }

    proptest! {
        #[test]
        fn a_printed_address_is_read_back(a: u8, b: u8, c: u8, d: u8) {
            prop_assert_eq!(parse_ipv4(&format!("{a}.{b}.{c}.{d}")), Ok([a, b, c, d]));
        }
    }
}
