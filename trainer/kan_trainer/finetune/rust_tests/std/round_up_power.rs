//! family: bits
//! split: train

/// The smallest power of two that is at least `value`; `None` where it needs more than 16 bits.
pub fn round_up_power(value: u16) -> Option<u16> {
    if value > 1 << 15 {
        return None;
    }
    let mut filled = value.saturating_sub(1);
    for shift in [1, 2, 4, 8] {
        filled |= filled >> shift;
    }
    Some(filled + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn powers_stay_what_they_are() {
        for shift in 0..16 {
            assert_eq!(round_up_power(1 << shift), Some(1 << shift));
        }
    }

    #[test]
    fn zero_is_rounded_to_one() {
        // Zero is no power of two, one is the smallest.
        assert_eq!(round_up_power(0), Some(1));
        assert_eq!(round_up_power(5), Some(8));
    }

    #[test]
    fn what_needs_a_seventeenth_bit_is_refused() {
        assert_eq!(round_up_power(32_769), None);
        assert_eq!(round_up_power(u16::MAX), None);
    }

    proptest! {
        #[test]
        fn the_standard_library_says_the_same(value in any::<u16>()) {
            prop_assert_eq!(round_up_power(value), value.checked_next_power_of_two());
        }
    }
}
