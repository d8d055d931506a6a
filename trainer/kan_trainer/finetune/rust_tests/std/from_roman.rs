//! family: numerals
//! split: test

/// What Roman numerals are worth; a smaller letter before a larger one is subtracted.
pub fn from_roman(roman: &str) -> Option<i32> {
    let mut total = 0;
    let mut before = 0;
    for letter in roman.chars().rev() {
        let value = match letter.to_ascii_uppercase() {
            'I' => 1,
            'V' => 5,
            'X' => 10,
            'L' => 50,
            'C' => 100,
            'D' => 500,
            'M' => 1000,
            _ => return None,
        };
        total += if value < before { -value } else { value };
        before = value;
    }
    (total > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smaller_letter_before_is_subtracted() {
        // An equal letter before is added.
        assert_eq!(from_roman("XIV"), Some(14));
        assert_eq!(from_roman("MCMXCIX"), Some(1999));
        assert_eq!(from_roman("XX"), Some(20));
    }

    #[test]
    fn each_letter_has_its_value() {
        let values: Vec<i32> = "IVXLCDM"
            .chars()
            .filter_map(|c| from_roman(&c.to_string()))
            .collect();
        assert_eq!(values, [1, 5, 10, 50, 100, 500, 1000]);
    }

    #[test]
    fn small_letters_do_as_well_and_others_do_not() {
        assert_eq!(from_roman("mdclxvi"), Some(1666));
        assert_eq!(from_roman("XA"), None);
        assert_eq!(from_roman(""), None);
    }
}
