//! family: colours
//! split: validation

#[derive(Debug, PartialEq)]
pub enum ColourError {
    NoHash,
    Length(usize),
    BadDigit(char),
}

/// Parses `#rgb` or `#rrggbb`; in the short form every digit stands for two of it.
pub fn parse_hex_colour(text: &str) -> Result<[u8; 3], ColourError> {
    let digits = text.strip_prefix('#').ok_or(ColourError::NoHash)?;
    let value = |c: char| {
        c.to_digit(16)
            .map(|digit| digit as u8)
            .ok_or(ColourError::BadDigit(c))
    };
    let values = digits.chars().map(value).collect::<Result<Vec<u8>, _>>()?;
    match values[..] {
        [r, g, b] => Ok([r * 17, g * 17, b * 17]),
        [r, r2, g, g2, b, b2] => Ok([r << 4 | r2, g << 4 | g2, b << 4 | b2]),
        _ => Err(ColourError::Length(values.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_short_form_doubles_its_digits() {
        assert_eq!(parse_hex_colour("#4f8"), Ok([0x44, 0xff, 0x88]));
        assert_eq!(parse_hex_colour("#44ff88"), parse_hex_colour("#4F8"));
    }

    #[test]
    fn three_or_six_digits_follow_the_hash() {
        assert_eq!(parse_hex_colour("0f8"), Err(ColourError::NoHash));
        assert_eq!(parse_hex_colour("#"), Err(ColourError::Length(0)));
        assert_eq!(parse_hex_colour("#12345"), Err(ColourError::Length(5)));
    }

    #[test]
    fn a_bad_digit_is_named() {
        assert_eq!(parse_hex_colour("#12g"), Err(ColourError::BadDigit('g')));
        // The digits are looked at before they are counted.
        assert_eq!(parse_hex_colour("#é"), Err(ColourError::BadDigit('é')));
    }

    proptest! {
        #[test]
        fn a_printed_colour_is_read_back(r: u8, g: u8, b: u8) {
            prop_assert_eq!(parse_hex_colour(&format!("#{r:02x}{g:02X}{b:02x}")), Ok([r, g, b]));
        }
    }
}
