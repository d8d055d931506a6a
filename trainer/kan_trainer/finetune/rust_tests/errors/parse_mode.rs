//! family: permissions
//! split: test

#[derive(Debug, PartialEq)]
pub enum ModeError {
    Length(usize),
    BadFlag { at: usize, found: char },
}

/// Turns file permissions such as `rwxr-x---` into their bits, owner first.
pub fn parse_mode(text: &str) -> Result<u16, ModeError> {
    let length = text.chars().count();
    if length != 9 {
        return Err(ModeError::Length(length));
    }
    let flags = text.chars().zip("rwxrwxrwx".chars());
    flags
        .enumerate()
        .try_fold(0, |mode, (at, (found, flag))| match found {
            '-' => Ok(mode << 1),
            _ if found == flag => Ok(mode << 1 | 1),
            _ => Err(ModeError::BadFlag { at, found }),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_owner_has_the_highest_bits() {
        assert_eq!(parse_mode("rwxr-x--x"), Ok(0o751));
        assert_eq!(parse_mode("---------"), Ok(0));
        assert_eq!(parse_mode("rwxrwxrwx"), Ok(0o777));
    }

    #[test]
    fn a_flag_stands_in_its_own_place() {
        let expected = ModeError::BadFlag { at: 4, found: 'r' };
        assert_eq!(parse_mode("rwxrr----"), Err(expected));
        let expected = ModeError::BadFlag { at: 8, found: 'X' };
        assert_eq!(parse_mode("rwxr-xr-X"), Err(expected));
    }

    #[test]
    fn there_are_nine_flags() {
        assert_eq!(parse_mode("rwx"), Err(ModeError::Length(3)));
        // A listing begins with the kind of the file, which is no permission.
        assert_eq!(parse_mode("drwxr-xr-x"), Err(ModeError::Length(10)));
    }

    proptest! {
        #[test]
        fn every_mode_is_read_back(mode in 0u16..0o1000) {
            let flag = |i: usize| match mode >> (8 - i) & 1 {
                1 => "rwx".as_bytes()[i % 3] as char,
                _ => '-',
            };
            let text: String = (0..9).map(flag).collect();
            prop_assert_eq!(parse_mode(&text), Ok(mode));
        }
    }
}
