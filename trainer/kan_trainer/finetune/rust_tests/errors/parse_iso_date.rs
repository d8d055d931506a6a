//! family: calendar
//! split: test

#[derive(Debug, PartialEq)]
pub enum DateError {
    Format,
    Month(u8),
    Day { day: u8, last: u8 },
}

/// Parses `YYYY-MM-DD` and checks that the Gregorian calendar has such a day.
pub fn parse_iso_date(text: &str) -> Result<(u16, u8, u8), DateError> {
    let shape = |(i, b): (usize, u8)| {
        if i == 4 || i == 7 {
            b == b'-'
        } else {
            b.is_ascii_digit()
        }
    };
    if text.len() != 10 || !text.bytes().enumerate().all(shape) {
        return Err(DateError::Format);
    }
    let number = |digits: &str| digits.parse::<u16>().map_err(|_| DateError::Format);
    let year = number(&text[..4])?;
    let (month, day) = (number(&text[5..7])? as u8, number(&text[8..])? as u8);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return Err(DateError::Month(month)),
    };
    if !(1..=last).contains(&day) {
        return Err(DateError::Day { day, last });
    }
    Ok((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong_day(day: u8, last: u8) -> Result<(u16, u8, u8), DateError> {
        Err(DateError::Day { day, last })
    }

    #[test]
    fn months_end_where_the_calendar_says() {
        assert_eq!(parse_iso_date("2023-12-31"), Ok((2023, 12, 31)));
        assert_eq!(parse_iso_date("2023-04-30"), Ok((2023, 4, 30)));
        assert_eq!(parse_iso_date("2023-04-31"), wrong_day(31, 30));
        assert_eq!(parse_iso_date("2023-01-00"), wrong_day(0, 31));
    }

    #[test]
    fn leap_years_follow_the_gregorian_rule() {
        for year in ["2024", "2000"] {
            assert!(parse_iso_date(&format!("{year}-02-29")).is_ok());
        }
        // A full century is leap only when 400 divides it.
        for year in ["2023", "1900"] {
            assert_eq!(parse_iso_date(&format!("{year}-02-29")), wrong_day(29, 28));
        }
    }

    #[test]
    fn there_are_twelve_months() {
        assert_eq!(parse_iso_date("2024-13-01"), Err(DateError::Month(13)));
        assert_eq!(parse_iso_date("2024-00-01"), Err(DateError::Month(0)));
    }

    #[test]
    fn other_shapes_are_refused() {
        for text in [
            "",
            "2024-2-29",
            "2024/02/29",
            "2024-02-29Z",
            "24-02-0029",
            "2024-02-+9",
        ] {
            assert_eq!(parse_iso_date(text), Err(DateError::Format), "{text}");
        }
    }
}
