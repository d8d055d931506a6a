//! family: frames
//! split: test

#[derive(Debug, PartialEq)]
pub enum PacketError {
    TooShort { length: usize },
    BadMagic(u8),
    Version { found: u8, newest: u8 },
    Checksum { expected: u8, found: u8 },
}

/// The payload of a packet: a magic byte, a version up to 2, the payload, and a checksum that is
/// the exclusive or of all bytes before it.
pub fn check_packet(packet: &[u8]) -> Result<&[u8], PacketError> {
    let [magic, version, payload @ .., found] = packet else {
        return Err(PacketError::TooShort {
            length: packet.len(),
        });
    };
    if *magic != 0xa7 {
        return Err(PacketError::BadMagic(*magic));
    }
    if !(1..=2).contains(version) {
        return Err(PacketError::Version {
            found: *version,
            newest: 2,
        });
    }
    let expected = payload.iter().fold(magic ^ version, |sum, byte| sum ^ byte);
    if expected != *found {
        return Err(PacketError::Checksum {
            expected,
            found: *found,
        });
    }
    Ok(payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_payload_may_be_empty() {
        assert_eq!(check_packet(&[0xa7, 1, 0xa6]), Ok(&[][..]));
        assert_eq!(check_packet(&[0xa7, 2, 0x10, 0xb5]), Ok(&[0x10][..]));
        assert_eq!(
            check_packet(&[0xa7, 1]),
            Err(PacketError::TooShort { length: 2 })
        );
    }

    #[test]
    fn magic_and_version_are_checked_before_the_sum() {
        assert_eq!(
            check_packet(&[0xa8, 9, 0]),
            Err(PacketError::BadMagic(0xa8))
        );
        for found in [0, 3] {
            let expected = PacketError::Version { found, newest: 2 };
            assert_eq!(check_packet(&[0xa7, found, 0]), Err(expected));
        }
    }

    #[test]
    fn a_wrong_checksum_is_told_with_the_right_one() {
        // The same bit twice takes itself away.
        let expected = PacketError::Checksum {
            expected: 0xa6,
            found: 0xff,
        };
        assert_eq!(check_packet(&[0xa7, 1, 4, 4, 0xff]), Err(expected));
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_noticed(payload: Vec<u8>, at: prop::sample::Index, bit in 0u8..8) {
            let mut packet = [&[0xa7, 1][..], &payload].concat();
            packet.push(packet.iter().fold(0, |sum, byte| sum ^ byte));
            prop_assert_eq!(check_packet(&packet), Ok(&payload[..]));
            let at = at.index(packet.len());
            packet[at] ^= 1 << bit;
            prop_assert!(check_packet(&packet).is_err());
        }
    }
}
