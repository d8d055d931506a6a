//! family: calendar
//! split: test

/// The day of the week, 0 for Sunday, of a date of the Gregorian calendar.
pub fn day_of_week(year: u32, month: u32, day: u32) -> u32 {
    const SHIFTS: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    // January and February count with the year before, which ends with the leap day.
    let year = if month < 3 { year - 1 } else { year };
    (year + year / 4 - year / 100 + year / 400 + SHIFTS[month as usize - 1] + day) % 7
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days_are_met() {
        // The first landing on the moon was on a Sunday.
        assert_eq!(day_of_week(1969, 7, 20), 0);
        assert_eq!(day_of_week(2000, 1, 1), 6);
        assert_eq!(day_of_week(2024, 2, 29), 4);
        assert_eq!(day_of_week(1900, 3, 1), 4);
    }

    #[test]
    fn the_first_days_of_the_months_of_a_year() {
        let firsts: Vec<u32> = (1..=12).map(|month| day_of_week(2023, month, 1)).collect();
        assert_eq!(firsts, [0, 3, 3, 6, 1, 4, 6, 2, 5, 0, 3, 5]);
    }

    proptest! {
        #[test]
        fn the_calendar_repeats_after_400_years(year in 1u32..2000, month in 1u32..=12, day in 1u32..=28) {
            let weekday = day_of_week(year, month, day);
            prop_assert_eq!(day_of_week(year + 400, month, day), weekday);
            prop_assert_eq!(day_of_week(year, month, day + 1), (weekday + 1) % 7);
        }
    }
}
