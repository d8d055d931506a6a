//! family: frames
//! split: test

#[derive(Debug, PartialEq)]
pub enum VarintError {
    Truncated,
    Overflow,
    NotShortest,
}

/// Decodes an unsigned integer of seven bits a byte, the lowest first, from the start of `bytes`,
/// and returns it with the bytes behind it. Only the shortest encoding is accepted.
pub fn decode_varint(bytes: &[u8]) -> Result<(u32, &[u8]), VarintError> {
    let mut value = 0u32;
    for (i, &byte) in bytes.iter().enumerate() {
        let bits = u32::from(byte & 0x7f);
        if i == 4 && byte > 0x0f {
            return Err(VarintError::Overflow);
        }
        value |= bits << (7 * i);
        if byte & 0x80 == 0 {
            if byte == 0 && i > 0 {
                return Err(VarintError::NotShortest);
            }
            return Ok((value, &bytes[i + 1..]));
        }
    }
    Err(VarintError::Truncated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(mut value: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    #[test]
    fn the_rest_follows_the_last_byte() {
        assert_eq!(decode_varint(&[0x00, 9]), Ok((0, &[9][..])));
        assert_eq!(decode_varint(&[0xac, 0x02]), Ok((300, &[][..])));
        assert_eq!(decode_varint(&[0x7f]), Ok((127, &[][..])));
    }

    #[test]
    fn an_unfinished_number_is_truncated() {
        assert_eq!(decode_varint(&[]), Err(VarintError::Truncated));
        assert_eq!(decode_varint(&[0x80, 0x80]), Err(VarintError::Truncated));
    }

    #[test]
    fn the_fifth_byte_has_four_bits() {
        assert_eq!(
            decode_varint(&[0xff, 0xff, 0xff, 0xff, 0x0f]),
            Ok((u32::MAX, &[][..]))
        );
        // A fifth byte that wants to go on is too much as well.
        for last in [0x10, 0x8f] {
            let bytes = [0xff, 0xff, 0xff, 0xff, last];
            assert_eq!(decode_varint(&bytes), Err(VarintError::Overflow));
        }
    }

    #[test]
    fn a_needless_last_byte_is_refused() {
        assert_eq!(decode_varint(&[0x81, 0x00]), Err(VarintError::NotShortest));
    }

    proptest! {
        #[test]
        fn encoded_numbers_are_decoded(value: u32, rest: Vec<u8>) {
            let bytes = [encode(value), rest.clone()].concat();
            prop_assert_eq!(decode_varint(&bytes), Ok((value, &rest[..])));
        }
    }
}
