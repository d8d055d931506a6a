//! family: calendar
//! split: test

/// The days from 1970-01-01 to a date of the Gregorian calendar, negative before it.
pub fn day_number(year: i32, month: i32, day: i32) -> i32 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let century = year.div_euclid(400);
    let year_of_four = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let leap_days = year_of_four / 4 - year_of_four / 100;
    century * 146_097 + year_of_four * 365 + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_count_begins_in_1970() {
        assert_eq!(day_number(1970, 1, 1), 0);
        assert_eq!(day_number(1969, 12, 31), -1);
    }

    #[test]
    fn february_ends_as_the_year_demands() {
        // 1900 was no leap year, 2024 was one.
        assert_eq!(day_number(2024, 3, 1) - day_number(2024, 2, 28), 2);
        assert_eq!(day_number(1900, 3, 1) - day_number(1900, 2, 28), 1);
        assert_eq!(day_number(2000, 3, 1), 11_017);
    }

    #[test]
    fn days_before_the_year_zero_are_counted_too() {
        assert_eq!(day_number(0, 1, 1) - day_number(-1, 1, 1), 365);
        assert_eq!(day_number(-400, 3, 1), -719_468 - 146_097);
    }

    proptest! {
        #[test]
        fn months_are_as_long_as_they_are(year in -900i32..3000, month in 1i32..=12) {
            let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            let length = day_number(next.0, next.1, 1) - day_number(year, month, 1);
            let expected = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
            prop_assert!(length == expected || (month == 2 && length == 29));
        }
    }
}
