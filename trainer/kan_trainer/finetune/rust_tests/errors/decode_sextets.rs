//! family: frames
//! split: test

#[derive(Debug, PartialEq)]
pub enum SextetError {
    Length(usize),
    BadCharacter { at: usize },
    TrailingBits,
}

/// Decodes base64 text without padding into bytes. The bits of the last character that belong to
/// no byte must be zero, so that every byte string has one text only.
pub fn decode_sextets(text: &str) -> Result<Vec<u8>, SextetError> {
    if text.len() % 4 == 1 {
        return Err(SextetError::Length(text.len()));
    }
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut buffer, mut bits) = (0u32, 0);
    for (at, c) in text.bytes().enumerate() {
        let sextet = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(SextetError::BadCharacter { at }),
        };
        buffer = buffer << 6 | u32::from(sextet);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    (buffer == 0)
        .then_some(bytes)
        .ok_or(SextetError::TrailingBits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_characters_are_three_bytes() {
        assert_eq!(decode_sextets("TWFu"), Ok(b"Man".to_vec()));
        assert_eq!(
            decode_sextets("AZaz09+/"),
            Ok(vec![0x01, 0x96, 0xb3, 0xd3, 0xdf, 0xbf])
        );
        assert_eq!(decode_sextets(""), Ok(vec![]));
    }

    #[test]
    fn a_shorter_last_group_has_fewer_bytes() {
        assert_eq!(decode_sextets("TWE"), Ok(b"Ma".to_vec()));
        assert_eq!(decode_sextets("TQ"), Ok(b"M".to_vec()));
        // Six bits alone make no byte.
        assert_eq!(decode_sextets("TWFuT"), Err(SextetError::Length(5)));
    }

    #[test]
    fn bits_that_belong_to_no_byte_are_zero() {
        assert_eq!(decode_sextets("TR"), Err(SextetError::TrailingBits));
        assert_eq!(decode_sextets("TWF"), Err(SextetError::TrailingBits));
    }

    #[test]
    fn foreign_characters_are_reported_where_they_stand() {
        for text in ["TW=u", "TW-u", "TW[u", "TW{u", "TW:u", "TW@u"] {
            assert_eq!(
                decode_sextets(text),
                Err(SextetError::BadCharacter { at: 2 }),
                "{text}"
            );
        }
    }
}
