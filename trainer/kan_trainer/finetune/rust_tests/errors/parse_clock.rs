//! family: calendar
//! split: test

#[derive(Debug, PartialEq)]
pub enum ClockError {
    Malformed,
    Hour(u32),
    Minute(u32),
}

/// Parses a time such as `7:05` or `7:05 pm` into minutes since midnight.
pub fn parse_clock(text: &str) -> Result<u32, ClockError> {
    let text = text.trim().to_ascii_lowercase();
    let half = [("am", 0), ("pm", 12)];
    let half = half
        .iter()
        .find_map(|&(word, shift)| Some((text.strip_suffix(word)?, shift)));
    let digits = half.map_or(text.as_str(), |(rest, _)| rest.trim_end());
    let (hour, minute) = digits.split_once(':').ok_or(ClockError::Malformed)?;
    let number = |part: &str| part.parse::<u32>().map_err(|_| ClockError::Malformed);
    let sound = matches!(hour.len(), 1 | 2) && minute.len() == 2 && !digits.contains('+');
    let (hour, minute) = (number(hour)?, number(minute)?);
    if !sound {
        return Err(ClockError::Malformed);
    }
    if minute > 59 {
        return Err(ClockError::Minute(minute));
    }
    match half {
        None if hour <= 23 => Ok(hour * 60 + minute),
        Some((_, shift)) if (1..=12).contains(&hour) => Ok((hour % 12 + shift) * 60 + minute),
        _ => Err(ClockError::Hour(hour)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn twenty_four_hours_need_no_word() {
        assert_eq!(parse_clock("0:00"), Ok(0));
        assert_eq!(parse_clock(" 23:59 "), Ok(23 * 60 + 59));
        assert_eq!(parse_clock("24:00"), Err(ClockError::Hour(24)));
        assert_eq!(parse_clock("7:60"), Err(ClockError::Minute(60)));
    }

    #[test]
    fn twelve_comes_before_one_on_the_short_clock() {
        assert_eq!(parse_clock("12:30 AM"), Ok(30));
        assert_eq!(parse_clock("12:30pm"), Ok(12 * 60 + 30));
        assert_eq!(parse_clock("1:05 pm"), Ok(13 * 60 + 5));
    }

    #[test]
    fn the_short_clock_has_neither_zero_nor_thirteen() {
        assert_eq!(parse_clock("0:30 am"), Err(ClockError::Hour(0)));
        assert_eq!(parse_clock("13:30 pm"), Err(ClockError::Hour(13)));
    }

    #[test]
    fn hours_have_one_or_two_digits_and_minutes_two() {
        // A plus would be read as part of the number.
        for text in [
            "", "7", "7:5", "007:05", ":05", "7:005", "+7:05", "7:+5", "7:05 xm",
        ] {
            assert_eq!(parse_clock(text), Err(ClockError::Malformed), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_printed_time_is_read_back(minutes in 0u32..1440) {
            let text = format!("{}:{:02}", minutes / 60, minutes % 60);
            prop_assert_eq!(parse_clock(&text), Ok(minutes));
        }
    }
}
