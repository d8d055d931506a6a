//! family: calendar
//! split: test

/// The month that lies `months` after (or before) the given one, months counted from 1.
pub fn add_months(year: i32, month: u32, months: i32) -> Option<(i32, u32)> {
    if !(1..=12).contains(&month) {
        return None;
    }
    let total = i64::from(year) * 12 + i64::from(month) - 1 + i64::from(months);
    let year = i32::try_from(total.div_euclid(12)).ok()?;
    Some((year, total.rem_euclid(12) as u32 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn december_is_followed_by_january() {
        assert_eq!(add_months(2023, 12, 1), Some((2024, 1)));
        assert_eq!(add_months(2023, 11, 1), Some((2023, 12)));
    }

    #[test]
    fn months_are_taken_away_over_the_new_year() {
        assert_eq!(add_months(2023, 1, -1), Some((2022, 12)));
        // Before the year zero comes the year -1.
        assert_eq!(add_months(0, 1, -13), Some((-2, 12)));
    }

    #[test]
    fn what_is_no_month_or_no_year_is_refused() {
        assert_eq!(add_months(2023, 0, 1), None);
        assert_eq!(add_months(2023, 13, 1), None);
        assert_eq!(add_months(i32::MAX, 12, 1), None);
    }

    proptest! {
        #[test]
        fn going_back_leads_to_the_start(year in -3000i32..3000, month in 1u32..=12, months in -999i32..999) {
            let (there, then) = add_months(year, month, months).unwrap();
            prop_assert_eq!(add_months(there, then, -months), Some((year, month)));
        }
    }
}
