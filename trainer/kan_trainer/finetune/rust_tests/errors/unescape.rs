//! family: escapes
//! split: train

#[derive(Debug, PartialEq)]
pub enum EscapeError {
    LoneBackslash,
    Unknown(char),
    BadHex(String),
}

/// Replaces the escapes `\n`, `\t`, `\\`, `\"` and `\xHH` (up to 7f) by what they stand for.
pub fn unescape(text: &str) -> Result<String, EscapeError> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        plain.push(match chars.next().ok_or(EscapeError::LoneBackslash)? {
            'n' => '\n',
            't' => '\t',
            same @ ('\\' | '"') => same,
            'x' => {
                let digits: String = chars.by_ref().take(2).collect();
                let sound = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_hexdigit());
                match u8::from_str_radix(&digits, 16) {
                    Ok(code) if sound && code.is_ascii() => char::from(code),
                    _ => return Err(EscapeError::BadHex(digits)),
                }
            }
            other => return Err(EscapeError::Unknown(other)),
        });
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_become_what_they_stand_for() {
        assert_eq!(unescape(r#"a\tb\n\\\"ß"#), Ok("a\tb\n\\\"ß".to_string()));
        assert_eq!(unescape(r"\x41\x7f\x00."), Ok("A\u{7f}\0.".to_string()));
    }

    #[test]
    fn a_backslash_never_ends_the_text() {
        assert_eq!(unescape(r"a\"), Err(EscapeError::LoneBackslash));
        // Two of them are one plain backslash.
        assert_eq!(unescape(r"a\\"), Ok(r"a\".to_string()));
    }

    #[test]
    fn unknown_escapes_are_named() {
        assert_eq!(unescape(r"\q\x"), Err(EscapeError::Unknown('q')));
    }

    #[test]
    fn hexadecimal_escapes_have_two_digits_and_stay_in_ascii() {
        for digits in ["4", "", "g0", "+1", "80", "ff"] {
            let expected = EscapeError::BadHex(digits.to_string());
            assert_eq!(unescape(&format!("\\x{digits}")), Err(expected));
        }
    }

    proptest! {
        #[test]
        fn text_without_backslash_is_its_own_meaning(text in "[^\\\\]{0,20}") {
            prop_assert_eq!(unescape(&text), Ok(text.clone()));
        }
    }
}
