//! family: bits
//! split: train

/// Puts the low `width` bits of `value` into `word` at `start`, and leaves the other bits alone.
pub fn bit_field(word: u32, start: u32, width: u32, value: u32) -> Option<u32> {
    if width == 0 || start.checked_add(width)? > 32 {
        return None;
    }
    let mask = (u32::MAX >> (32 - width)) << start;
    Some((word & !mask) | ((value << start) & mask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_field_changes() {
        assert_eq!(bit_field(0xffff_ffff, 8, 8, 0), Some(0xffff_00ff));
        assert_eq!(bit_field(0, 4, 4, 0xab), Some(0xb0));
    }

    #[test]
    fn the_whole_word_is_a_field() {
        assert_eq!(bit_field(0, 0, 32, 0xdead_beef), Some(0xdead_beef));
        assert_eq!(bit_field(0, 31, 1, 1), Some(1 << 31));
    }

    #[test]
    fn a_field_that_does_not_fit_is_refused() {
        assert_eq!(bit_field(0, 31, 2, 0), None);
        assert_eq!(bit_field(0, 3, 0, 0), None);
        // The sum of both overflows.
        assert_eq!(bit_field(0, u32::MAX, 2, 0), None);
    }
}
