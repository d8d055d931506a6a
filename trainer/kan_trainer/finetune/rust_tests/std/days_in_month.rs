//! family: calendar
//! split: test

/// The days of a month of the Gregorian calendar; `None` for a month that is none.
pub fn days_in_month(year: i32, month: u8) -> Option<u8> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => Some(if leap { 29 } else { 28 }),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fourth_february_is_longer() {
        assert_eq!(days_in_month(2024, 2), Some(29));
        assert_eq!(days_in_month(2023, 2), Some(28));
    }

    #[test]
    fn of_the_centuries_only_every_fourth_is_a_leap_year() {
        // 1900 can be divided by 4 but not by 400.
        assert_eq!(days_in_month(1900, 2), Some(28));
        assert_eq!(days_in_month(2000, 2), Some(29));
    }

    #[test]
    fn a_common_year_has_365_days() {
        let days: Vec<u8> = (1..=12)
            .filter_map(|month| days_in_month(2023, month))
            .collect();
        assert_eq!(days, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
    }

    #[test]
    fn there_is_no_month_zero_or_thirteen() {
        assert_eq!(days_in_month(2024, 0), None);
        assert_eq!(days_in_month(2024, 13), None);
    }
}
