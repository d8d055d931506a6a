//! family: unsafe-slices
//! split: test

/// How often `needle` occurs, looking at eight bytes at a time.
pub fn count_byte(bytes: &[u8], needle: u8) -> usize {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const SEVEN: u64 = LOW * 0x7f;
    let repeated = LOW * u64::from(needle);
    // SAFETY: every eight bytes are a valid u64.
    let (before, words, after) = unsafe { bytes.align_to::<u64>() };
    let plain = before
        .iter()
        .chain(after)
        .filter(|&&byte| byte == needle)
        .count();
    let mut found = 0;
    for word in words {
        let differing = word ^ repeated;
        // The high bit of each byte stays zero only where the whole byte is zero.
        let nonzero = ((differing & SEVEN) + SEVEN) | differing;
        found += (!nonzero & !SEVEN).count_ones() as usize;
    }
    plain + found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_slice_is_counted() {
        assert_eq!(count_byte(b"banana", b'a'), 3);
        assert_eq!(count_byte(b"", b'a'), 0);
    }

    #[test]
    fn neighbours_of_the_needle_are_not_counted() {
        // 0x80 differs in the high bit only, 0x01 in the lowest.
        let bytes = [0x00, 0x80, 0x01, 0xff].repeat(20);
        for needle in [0x00, 0x80, 0x01, 0xff] {
            assert_eq!(count_byte(&bytes, needle), 20);
        }
        assert_eq!(count_byte(&bytes, 0x7f), 0);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_slice_begins(
            bytes in prop::collection::vec(any::<u8>(), 8..80),
            start in 0usize..8,
        ) {
            let part = &bytes[start..];
            let needle = bytes[7];
            let plain = part.iter().filter(|&&byte| byte == needle).count();
            prop_assert_eq!(count_byte(part, needle), plain);
        }
    }
}
