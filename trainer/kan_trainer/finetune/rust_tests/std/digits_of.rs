//! family: unsafe-bytes
//! split: train

/// The decimal digits of a number, written from the right into a buffer on the stack.
pub fn digits_of(mut number: u32) -> String {
    let mut buffer = [0u8; 10];
    let mut start = buffer.len();
    loop {
        start -= 1;
        buffer[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    // SAFETY: everything from `start` on was written above, and is an ASCII digit.
    unsafe { std::str::from_utf8_unchecked(&buffer[start..]) }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zero_has_one_digit() {
        // A loop that tests first would write nothing.
        assert_eq!(digits_of(0), "0");
        assert_eq!(digits_of(10), "10");
    }

    #[test]
    fn the_largest_number_fills_the_buffer() {
        assert_eq!(digits_of(u32::MAX), "4294967295");
    }

    proptest! {
        #[test]
        fn the_standard_library_prints_the_same(number in any::<u32>()) {
            prop_assert_eq!(digits_of(number), number.to_string());
        }
    }
}
