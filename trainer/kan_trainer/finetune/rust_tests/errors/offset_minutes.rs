//! family: calendar
//! split: test

/// What is wrong with a zone offset.
#[derive(Debug, PartialEq)]
pub enum OffsetError {
    NoSign,
    Malformed(String),
    TooFar(i32),
}

/// Parses an offset from UTC, `Z` or `+hh:mm`, into minutes. No zone is more than 14 hours away.
pub fn offset_minutes(text: &str) -> Result<i32, OffsetError> {
    let (sign, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        _ if text == "Z" => return Ok(0),
        _ => return Err(OffsetError::NoSign),
    };
    let two_digits = |part: &str| match part.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(i32::from(a - b'0') * 10 + i32::from(b - b'0')),
        _ => None,
    };
    let parts = rest
        .split_once(':')
        .and_then(|(h, m)| two_digits(h).zip(two_digits(m)));
    let (hours, minutes) = parts
        .filter(|&(_, minutes)| minutes < 60)
        .ok_or_else(|| OffsetError::Malformed(rest.to_string()))?;
    let total = hours * 60 + minutes;
    if total > 14 * 60 {
        return Err(OffsetError::TooFar(total));
    }
    Ok(sign * total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_have_a_sign() {
        assert_eq!(offset_minutes("+05:30"), Ok(330));
        assert_eq!(offset_minutes("-00:59"), Ok(-59));
        assert_eq!(offset_minutes("Z"), Ok(0));
        assert_eq!(offset_minutes("5:30"), Err(OffsetError::NoSign));
    }

    #[test]
    fn hours_and_minutes_have_two_digits() {
        for rest in ["5:30", "0530", "05:3x", "05:60", "", "/0:00", "1::00"] {
            let expected = OffsetError::Malformed(rest.to_string());
            assert_eq!(offset_minutes(&format!("+{rest}")), Err(expected));
        }
    }

    #[test]
    fn no_zone_is_more_than_14_hours_away() {
        assert_eq!(offset_minutes("-14:00"), Ok(-840));
        // How far is told without the sign.
        assert_eq!(offset_minutes("-14:01"), Err(OffsetError::TooFar(841)));
    }

    proptest! {
        #[test]
        fn opposite_offsets_are_opposite(hours in 0u8..14, minutes in 0u8..60) {
            let east = offset_minutes(&format!("+{hours:02}:{minutes:02}")).unwrap();
            prop_assert_eq!(offset_minutes(&format!("-{hours:02}:{minutes:02}")), Ok(-east));
        }
    }
}
