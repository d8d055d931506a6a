//! family: bits
//! split: train

/// The lowest `width` bits in the opposite order; the others are dropped.
pub fn reverse_bits(value: u32, width: u32) -> u32 {
    let mut reversed = 0;
    for at in 0..width.min(32) {
        reversed = (reversed << 1) | ((value >> at) & 1);
    }
    reversed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_lowest_becomes_the_highest() {
        assert_eq!(reverse_bits(0b0001, 4), 0b1000);
        assert_eq!(reverse_bits(0b1101, 4), 0b1011);
    }

    #[test]
    fn bits_outside_of_the_width_are_dropped() {
        // The upper half of the first word is ignored.
        assert_eq!(reverse_bits(0b1111_0001, 4), 0b1000);
        assert_eq!(reverse_bits(u32::MAX, 0), 0);
    }

    proptest! {
        #[test]
        fn the_whole_word_agrees_with_the_standard_library(value in any::<u32>(), more in 0u32..5) {
            prop_assert_eq!(reverse_bits(value, 32 + more), value.reverse_bits());
        }
    }
}
