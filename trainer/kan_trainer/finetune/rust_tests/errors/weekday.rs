//! family: calendar
//! split: test

use std::convert::TryFrom;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A number that is no weekday, and the one nearest to it that is.
#[derive(Debug, PartialEq)]
pub struct NoWeekday {
    pub number: i32,
    pub nearest: Weekday,
}

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

impl TryFrom<i32> for Weekday {
    type Error = NoWeekday;

    /// Counts as ISO 8601 does, from Monday as 1 to Sunday as 7.
    fn try_from(number: i32) -> Result<Self, NoWeekday> {
        let index = usize::try_from(i64::from(number) - 1).ok();
        index
            .and_then(|index| WEEK.get(index).copied())
            .ok_or(NoWeekday {
                number,
                nearest: if number < 1 {
                    Weekday::Monday
                } else {
                    Weekday::Sunday
                },
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_week_runs_from_monday_to_sunday() {
        assert_eq!(Weekday::try_from(1), Ok(Weekday::Monday));
        assert_eq!(Weekday::try_from(4), Ok(Weekday::Thursday));
        assert_eq!(Weekday::try_from(7), Ok(Weekday::Sunday));
    }

    #[test]
    fn numbers_before_and_behind_the_week_have_a_nearest_day() {
        let expected = NoWeekday {
            number: 0,
            nearest: Weekday::Monday,
        };
        assert_eq!(Weekday::try_from(0), Err(expected));
        let expected = NoWeekday {
            number: 8,
            nearest: Weekday::Sunday,
        };
        assert_eq!(Weekday::try_from(8), Err(expected));
    }

    #[test]
    fn the_smallest_number_is_refused_without_overflow() {
        let expected = NoWeekday {
            number: i32::MIN,
            nearest: Weekday::Monday,
        };
        assert_eq!(Weekday::try_from(i32::MIN), Err(expected));
    }

    proptest! {
        #[test]
        fn seven_numbers_are_weekdays(number in -20i32..20) {
            match Weekday::try_from(number) {
                Ok(day) => prop_assert_eq!(day as i32 + 1, number),
                Err(error) => prop_assert!(!(1..=7).contains(&error.number)),
            }
        }
    }
}
