//! family: unsafe-bytes
//! split: train

/// Makes the ASCII letters of a text large, without a copy.
pub fn upper_in_place(text: &mut str) -> usize {
    let mut changed = 0;
    // SAFETY: an ASCII letter is replaced by another, so the bytes stay valid UTF-8.
    let bytes = unsafe { text.as_bytes_mut() };
    for byte in bytes {
        if byte.is_ascii_lowercase() {
            *byte -= b'a' - b'A';
            changed += 1;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_changed_is_counted() {
        // The B is large already, and é is not ASCII.
        let mut text = String::from("aB-z9é");
        assert_eq!(upper_in_place(&mut text), 2);
        assert_eq!(text, "AB-Z9é");
    }

    #[test]
    fn an_empty_text_has_nothing_to_change() {
        assert_eq!(upper_in_place(&mut String::new()), 0);
    }

    proptest! {
        #[test]
        fn the_standard_library_says_the_same(text in ".{0,20}") {
            let mut changed = text.clone();
            upper_in_place(&mut changed);
            prop_assert_eq!(&changed, &text.to_ascii_uppercase());
            prop_assert_eq!(upper_in_place(&mut changed), 0);
        }
    }
}
