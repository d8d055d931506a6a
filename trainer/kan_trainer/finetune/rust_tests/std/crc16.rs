//! family: checksums
//! split: validation

/// The CRC-16 of CCITT: polynomial 0x1021, started with all ones.
pub fn crc16(bytes: &[u8]) -> u16 {
    let mut crc = 0xffff;
    for &byte in bytes {
        crc ^= u16::from(byte) << 8;
        for _ in 0..8 {
            let carry = crc & 0x8000 != 0;
            crc <<= 1;
            if carry {
                crc ^= 0x1021;
            }
        }
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_check_value_is_met() {
        assert_eq!(crc16(b"123456789"), 0x29b1);
    }

    #[test]
    fn nothing_leaves_the_start() {
        assert_eq!(crc16(b""), 0xffff);
        // Leading zeros count, which a start of zero would not see.
        assert_ne!(crc16(&[0]), crc16(&[0, 0]));
    }

    proptest! {
        #[test]
        fn a_message_with_its_sum_has_none(mut message in prop::collection::vec(any::<u8>(), 0..30)) {
            let sum = crc16(&message);
            message.extend(sum.to_be_bytes());
            prop_assert_eq!(crc16(&message), 0);
        }
    }
}
