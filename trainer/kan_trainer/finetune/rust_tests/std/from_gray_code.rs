//! family: bits
//! split: train

/// The number that a Gray code stands for: every bit is the parity of those from it upwards.
pub fn from_gray_code(code: u64) -> u64 {
    let mut number = code;
    let mut shift = 1;
    while shift < u64::BITS {
        number ^= number >> shift;
        shift *= 2;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_eight_codes_are_read() {
        let codes = [0b000, 0b001, 0b011, 0b010, 0b110, 0b111, 0b101, 0b100];
        for (number, code) in (0u64..).zip(codes) {
            assert_eq!(from_gray_code(code), number);
        }
    }

    #[test]
    fn the_highest_bit_reaches_the_lowest() {
        // One set bit flips all below it.
        assert_eq!(from_gray_code(1 << 63), u64::MAX);
    }

    proptest! {
        #[test]
        fn coding_is_undone(number in any::<u64>()) {
            prop_assert_eq!(from_gray_code(number ^ (number >> 1)), number);
        }
    }
}
