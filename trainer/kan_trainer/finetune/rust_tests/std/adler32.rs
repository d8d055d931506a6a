//! family: checksums
//! split: validation

/// The Adler-32 checksum that zlib ends its streams with.
pub fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut low, mut high) = (1, 0);
    for &byte in bytes {
        low = (low + u32::from(byte)) % MODULUS;
        high = (high + low) % MODULUS;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_sums_are_met() {
        // The empty sum is one, since the low half starts there.
        assert_eq!(adler32(b""), 1);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(adler32(b"a"), 0x0062_0062);
    }

    #[test]
    fn long_input_goes_round_the_modulus() {
        assert_eq!(adler32(&[0xff; 1_000]), 0xe6e9_e446);
    }

    proptest! {
        #[test]
        fn swapping_two_different_bytes_changes_it(mut bytes in prop::collection::vec(any::<u8>(), 2..40)) {
            let before = adler32(&bytes);
            let last = bytes.len() - 1;
            bytes.swap(0, last);
            prop_assert_eq!(adler32(&bytes) == before, bytes[0] == bytes[last]);
        }
    }
}
