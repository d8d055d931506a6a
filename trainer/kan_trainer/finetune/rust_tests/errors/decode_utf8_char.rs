//! family: frames
//! split: test

#[derive(Debug, PartialEq)]
pub enum Utf8Error {
    Empty,
    BadStart(u8),
    Truncated,
    BadContinuation(u8),
    Overlong,
    NotAChar(u32),
}

/// Decodes the first character of UTF-8 bytes and returns it with its length.
pub fn decode_char(bytes: &[u8]) -> Result<(char, usize), Utf8Error> {
    let &first = bytes.first().ok_or(Utf8Error::Empty)?;
    let (length, least) = match first {
        0x00..=0x7f => return Ok((char::from(first), 1)),
        0xc0..=0xdf => (2, 0x80),
        0xe0..=0xef => (3, 0x800),
        0xf0..=0xf7 => (4, 0x1_0000),
        _ => return Err(Utf8Error::BadStart(first)),
    };
    let rest = bytes.get(1..length).ok_or(Utf8Error::Truncated)?;
    let start = u32::from(first) & (0x7f >> length);
    let code = rest.iter().try_fold(start, |code, &byte| match byte {
        0x80..=0xbf => Ok(code << 6 | u32::from(byte & 0x3f)),
        _ => Err(Utf8Error::BadContinuation(byte)),
    })?;
    if code < least {
        return Err(Utf8Error::Overlong);
    }
    let decoded = char::from_u32(code).ok_or(Utf8Error::NotAChar(code))?;
    Ok((decoded, length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_cut_off_or_no_start_is_refused() {
        assert_eq!(decode_char(&[]), Err(Utf8Error::Empty));
        assert_eq!(decode_char(&[0xe2, 0x82]), Err(Utf8Error::Truncated));
        assert_eq!(
            decode_char(&[0xf8, 0, 0, 0, 0]),
            Err(Utf8Error::BadStart(0xf8))
        );
    }

    #[test]
    fn continuations_begin_with_one_and_zero() {
        for byte in [0x2c, 0x7f, 0xc0] {
            assert_eq!(
                decode_char(&[0xe2, 0x82, byte]),
                Err(Utf8Error::BadContinuation(byte))
            );
        }
    }

    #[test]
    fn the_shortest_form_is_the_only_one() {
        for bytes in [
            &[0xc1, 0xbf][..],
            &[0xe0, 0x9f, 0xbf],
            &[0xf0, 0x8f, 0xbf, 0xbf],
        ] {
            assert_eq!(decode_char(bytes), Err(Utf8Error::Overlong));
        }
    }

    #[test]
    fn surrogates_and_too_large_codes_are_no_characters() {
        assert_eq!(
            decode_char(&[0xed, 0xa0, 0x80]),
            Err(Utf8Error::NotAChar(0xd800))
        );
        assert!(decode_char(&[0xf4, 0x90, 0x80, 0x80]).is_err());
    }

    proptest! {
        #[test]
        fn every_character_is_decoded(c in "[\0\x7f\u{80}\u{7ff}\u{800}\u{10000}]|.") {
            let decoded = decode_char(c.as_bytes());
            prop_assert_eq!(decoded, Ok((c.chars().next().unwrap(), c.len())));
        }
    }
}
