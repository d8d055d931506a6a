//! family: number-systems
//! split: test

/// The letters over a column of a spreadsheet: `A` is 1, `Z` 26, `AA` 27.
pub fn column_name(mut column: u32) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        column -= 1;
        letters.push(char::from(b'A' + (column % 26) as u8));
        column /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn after_z_comes_a_second_letter() {
        assert_eq!(column_name(1), "A");
        assert_eq!(column_name(26), "Z");
        assert_eq!(column_name(27), "AA");
    }

    #[test]
    fn after_zz_comes_a_third() {
        // 26 + 26 * 26 names have fewer than three letters.
        assert_eq!(column_name(702), "ZZ");
        assert_eq!(column_name(703), "AAA");
    }

    #[test]
    fn there_is_no_column_zero() {
        // The letters have no zero, unlike digits.
        assert_eq!(column_name(0), "");
    }

    proptest! {
        #[test]
        fn the_letters_count_back_to_the_column(column in any::<u32>()) {
            let value = column_name(column)
                .bytes()
                .fold(0u64, |value, letter| value * 26 + u64::from(letter - b'A') + 1);
            prop_assert_eq!(value, u64::from(column));
        }
    }
}
