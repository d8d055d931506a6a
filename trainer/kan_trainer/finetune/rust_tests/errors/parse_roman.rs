//! family: numerals
//! split: train

#[derive(Debug, PartialEq)]
pub enum RomanError {
    Empty,
    BadLetter(char),
    NotCanonical,
}

/// Reads a Roman numeral. Only the canonical spelling is taken: `IV`, never `IIII`.
pub fn parse_roman(text: &str) -> Result<u32, RomanError> {
    const ORDERS: [[&str; 9]; 3] = [
        ["C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"],
        ["X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"],
        ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"],
    ];
    if text.is_empty() {
        return Err(RomanError::Empty);
    }
    if let Some(letter) = text.chars().find(|&c| !"IVXLCDM".contains(c)) {
        return Err(RomanError::BadLetter(letter));
    }
    let mut rest = text.trim_start_matches('M');
    let mut total = (text.len() - rest.len()) as u32;
    for order in ORDERS {
        let spelled = |digit: &usize| rest.starts_with(order[digit - 1]);
        let digit = (1..=9)
            .filter(spelled)
            .max_by_key(|digit| order[digit - 1].len());
        if let Some(digit) = digit {
            rest = &rest[order[digit - 1].len()..];
        }
        total = total * 10 + digit.unwrap_or(0) as u32;
    }
    rest.is_empty()
        .then_some(total)
        .ok_or(RomanError::NotCanonical)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_have_their_values() {
        let cases = [
            ("I", 1),
            ("IX", 9),
            ("XIV", 14),
            ("CDXLIV", 444),
            ("MMXXIV", 2024),
        ];
        for (text, value) in cases
            .into_iter()
            .chain([("MMMCMXCIX", 3999), ("DCCCLXXXVIII", 888)])
        {
            assert_eq!(parse_roman(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        // `IM` could be meant as 999, which is CMXCIX.
        for text in ["IIII", "VX", "IM", "XXXX", "VV", "IXI", "XM"] {
            assert_eq!(parse_roman(text), Err(RomanError::NotCanonical), "{text}");
        }
    }

    #[test]
    fn foreign_letters_are_named() {
        assert_eq!(parse_roman("XiA"), Err(RomanError::BadLetter('i')));
        assert_eq!(parse_roman(""), Err(RomanError::Empty));
    }
}
