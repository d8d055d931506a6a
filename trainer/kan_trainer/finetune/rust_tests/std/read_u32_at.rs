//! family: unsafe-bytes
//! split: train

/// Four bytes from `offset` on as a little-endian number; `None` where they reach past the end.
pub fn read_u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    let end = offset.checked_add(4)?;
    if end > bytes.len() {
        return None;
    }
    // SAFETY: `offset..offset + 4` lies within the slice, and an unaligned read needs no more.
    let raw = unsafe { bytes.as_ptr().add(offset).cast::<u32>().read_unaligned() };
    Some(u32::from_le(raw))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_lowest_byte_comes_first() {
        assert_eq!(read_u32_at(&[1, 0, 0, 0], 0), Some(1));
        assert_eq!(read_u32_at(&[9, 1, 2, 0, 0x80], 1), Some(0x8000_0201));
    }

    #[test]
    fn no_byte_past_the_end_is_read() {
        assert_eq!(read_u32_at(&[1, 2, 3], 0), None);
        assert_eq!(read_u32_at(&[1, 2, 3, 4, 5], 2), None);
        // The end of such a read is no number.
        assert_eq!(read_u32_at(&[0; 8], usize::MAX), None);
    }

    proptest! {
        #[test]
        fn a_number_is_read_where_it_was_written(number in any::<u32>(), before in 0usize..6, after in 0usize..6) {
            let mut bytes = vec![0xaa; before];
            bytes.extend(number.to_le_bytes());
            bytes.extend(vec![0x55; after]);
            prop_assert_eq!(read_u32_at(&bytes, before), Some(number));
        }
    }
}
