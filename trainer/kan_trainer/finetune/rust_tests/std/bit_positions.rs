//! family: bits
//! split: train

/// The places of the set bits, the lowest first.
pub fn bit_positions(mut mask: u64) -> Vec<u32> {
    let mut positions = Vec::with_capacity(mask.count_ones() as usize);
    while mask != 0 {
        positions.push(mask.trailing_zeros());
        mask &= mask - 1;
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_ends_are_found() {
        // Bit 63 is the sign bit of an i64.
        assert_eq!(bit_positions(1 | 1 << 63), [0, 63]);
    }

    #[test]
    fn no_bit_has_no_place() {
        assert!(bit_positions(0).is_empty());
    }

    proptest! {
        #[test]
        fn setting_them_gives_the_mask(mask in any::<u64>()) {
            let set = bit_positions(mask).iter().fold(0, |set, at| set | 1u64 << at);
            prop_assert_eq!(set, mask);
        }
    }
}
