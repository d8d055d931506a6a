//! family: positions
//! split: validation

#[derive(Debug, PartialEq)]
pub enum CoordinateError {
    NoComma,
    NotANumber(String),
    BadDirection(char),
    OutOfRange(f64),
}

/// Parses a place such as `48.2 N, 16.4 E` into signed degrees of latitude and longitude.
pub fn parse_place(text: &str) -> Result<(f64, f64), CoordinateError> {
    let angle = |part: &str, positive: char, negative: char, most: f64| {
        let part = part.trim();
        let bad = || CoordinateError::NotANumber(part.to_string());
        let direction = part.chars().last().ok_or_else(bad)?;
        let digits = part.trim_end_matches(direction).trim_end();
        let degrees: f64 = digits.parse().map_err(|_| bad())?;
        if !(0.0..=most).contains(&degrees) {
            return Err(CoordinateError::OutOfRange(degrees));
        }
        match direction {
            c if c == positive => Ok(degrees),
            c if c == negative => Ok(-degrees),
            c => Err(CoordinateError::BadDirection(c)),
        }
    };
    let (latitude, longitude) = text.split_once(',').ok_or(CoordinateError::NoComma)?;
    Ok((
        angle(latitude, 'N', 'S', 90.0)?,
        angle(longitude, 'E', 'W', 180.0)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn south_and_west_are_negative() {
        assert_eq!(parse_place("48.25 N, 16.5 E"), Ok((48.25, 16.5)));
        assert_eq!(parse_place(" 33S,70.5W "), Ok((-33.0, -70.5)));
    }

    #[test]
    fn the_poles_and_the_date_line_can_be_reached() {
        assert_eq!(parse_place("90 S, 180 E"), Ok((-90.0, 180.0)));
        assert_eq!(
            parse_place("90.5 N, 0 E"),
            Err(CoordinateError::OutOfRange(90.5))
        );
        assert_eq!(
            parse_place("0 N, 180.5 W"),
            Err(CoordinateError::OutOfRange(180.5))
        );
        // The direction carries the sign, the number none.
        assert_eq!(
            parse_place("-1 N, 0 E"),
            Err(CoordinateError::OutOfRange(-1.0))
        );
    }

    #[test]
    fn latitude_comes_first() {
        assert_eq!(
            parse_place("16 E, 48 N"),
            Err(CoordinateError::BadDirection('E'))
        );
    }

    #[test]
    fn both_parts_have_a_number() {
        assert_eq!(parse_place("48 N"), Err(CoordinateError::NoComma));
        assert_eq!(
            parse_place("N, 1 E"),
            Err(CoordinateError::NotANumber("N".to_string()))
        );
        assert_eq!(
            parse_place("1 N, "),
            Err(CoordinateError::NotANumber(String::new()))
        );
    }
}
