//! family: number-systems
//! split: test

/// A number below a thousand in English words.
pub fn spell_number(number: usize) -> Option<String> {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    match number {
        0..=19 => Some(SMALL[number].to_string()),
        20..=99 if number % 10 == 0 => Some(TENS[number / 10 - 2].to_string()),
        20..=99 => Some(format!("{}-{}", TENS[number / 10 - 2], SMALL[number % 10])),
        100..=999 if number % 100 == 0 => Some(format!("{} hundred", SMALL[number / 100])),
        100..=999 => Some(format!(
            "{} hundred and {}",
            SMALL[number / 100],
            spell_number(number % 100)?
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_teens_have_names_of_their_own() {
        assert_eq!(spell_number(0).as_deref(), Some("zero"));
        assert_eq!(spell_number(19).as_deref(), Some("nineteen"));
        assert_eq!(spell_number(20).as_deref(), Some("twenty"));
    }

    #[test]
    fn tens_and_ones_are_hyphenated() {
        assert_eq!(spell_number(21).as_deref(), Some("twenty-one"));
        assert_eq!(spell_number(99).as_deref(), Some("ninety-nine"));
        // No "ninety-zero".
        assert_eq!(spell_number(90).as_deref(), Some("ninety"));
    }

    #[test]
    fn hundreds_are_joined_with_and() {
        assert_eq!(spell_number(100).as_deref(), Some("one hundred"));
        assert_eq!(
            spell_number(342).as_deref(),
            Some("three hundred and forty-two")
        );
        assert_eq!(spell_number(907).as_deref(), Some("nine hundred and seven"));
    }

    #[test]
    fn a_thousand_is_too_large() {
        assert_eq!(
            spell_number(999).as_deref(),
            Some("nine hundred and ninety-nine")
        );
        assert_eq!(spell_number(1_000), None);
    }

    proptest! {
        #[test]
        fn no_two_numbers_are_called_the_same(a in 0usize..1000, b in 0usize..1000) {
            prop_assert_eq!(spell_number(a) == spell_number(b), a == b);
        }
    }
}
