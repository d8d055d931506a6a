//! family: form-checks
//! split: train

#[derive(Debug, PartialEq)]
pub enum IsbnError {
    Length(usize),
    BadCharacter { position: usize, found: char },
    Checksum { expected: char },
}

/// Checks an ISBN-10; hyphens are ignored. The last character, where X stands for ten, must make
/// the weighted sum of all a multiple of eleven.
pub fn check_isbn10(text: &str) -> Result<(), IsbnError> {
    let chars: Vec<char> = text.chars().filter(|&c| c != '-').collect();
    if chars.len() != 10 {
        return Err(IsbnError::Length(chars.len()));
    }
    let value = |position: usize| match chars[position] {
        'X' if position == 9 => Ok(10),
        found => found
            .to_digit(10)
            .ok_or(IsbnError::BadCharacter { position, found }),
    };
    let mut sum = 0;
    for position in 0..9 {
        sum += value(position)? * (10 - position as u32);
    }
    let needed = (11 - sum % 11) % 11;
    if value(9)? == needed {
        return Ok(());
    }
    let expected = char::from_digit(needed, 10).unwrap_or('X');
    Err(IsbnError::Checksum { expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_numbers_pass_with_and_without_hyphens() {
        assert_eq!(check_isbn10("0-306-40615-2"), Ok(()));
        assert_eq!(check_isbn10("080442957X"), Ok(()));
        assert_eq!(check_isbn10("0000000000"), Ok(()));
    }

    #[test]
    fn a_wrong_check_digit_is_answered_with_the_right_one() {
        assert_eq!(
            check_isbn10("0306406150"),
            Err(IsbnError::Checksum { expected: '2' })
        );
        assert_eq!(
            check_isbn10("0804429570"),
            Err(IsbnError::Checksum { expected: 'X' })
        );
    }

    #[test]
    fn two_swapped_neighbours_are_noticed() {
        assert!(matches!(
            check_isbn10("0360406152"),
            Err(IsbnError::Checksum { .. })
        ));
    }

    #[test]
    fn ten_characters_are_needed() {
        assert_eq!(check_isbn10("030640615"), Err(IsbnError::Length(9)));
        assert_eq!(check_isbn10("03064061522"), Err(IsbnError::Length(11)));
    }

    #[test]
    fn an_x_stands_only_at_the_end() {
        let expected = IsbnError::BadCharacter {
            position: 1,
            found: 'X',
        };
        assert_eq!(check_isbn10("0X06406152"), Err(expected));
        let expected = IsbnError::BadCharacter {
            position: 9,
            found: 'a',
        };
        assert_eq!(check_isbn10("030640615a"), Err(expected));
    }
}
