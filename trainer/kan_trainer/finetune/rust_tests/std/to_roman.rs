//! family: number-systems
//! split: test

/// A number from 1 to 3999 in Roman numerals.
pub fn to_roman(number: u16) -> Option<String> {
    const VALUES: [(u16, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..=3999).contains(&number) {
        return None;
    }
    let mut rest = number;
    let mut roman = String::new();
    for (value, letters) in VALUES {
        while rest >= value {
            roman.push_str(letters);
            rest -= value;
        }
    }
    Some(roman)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_letter_and_pair_is_used() {
        assert_eq!(to_roman(1994).as_deref(), Some("MCMXCIV"));
        assert_eq!(to_roman(2449).as_deref(), Some("MMCDXLIX"));
        assert_eq!(to_roman(1666).as_deref(), Some("MDCLXVI"));
    }

    #[test]
    fn outside_of_the_range_there_is_none() {
        // The Romans had no zero, and no letter for 5000.
        assert_eq!(to_roman(0), None);
        assert_eq!(to_roman(4000), None);
        assert_eq!(to_roman(1).as_deref(), Some("I"));
        assert_eq!(to_roman(3999).as_deref(), Some("MMMCMXCIX"));
    }

    proptest! {
        #[test]
        fn no_letter_stands_four_times_in_a_row(number in 1u16..4000) {
            let roman = to_roman(number).unwrap();
            prop_assert!(["IIII", "XXXX", "CCCC", "MMMM"].iter().all(|four| !roman.contains(four)));
        }
    }
}
