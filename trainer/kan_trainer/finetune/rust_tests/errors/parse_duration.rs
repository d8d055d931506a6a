//! family: quantities
//! split: train

#[derive(Debug, PartialEq)]
pub enum DurationError {
    Empty,
    MissingNumber(char),
    UnknownUnit(char),
    MissingUnit,
    UnitOrder(char),
    TooLong,
}

/// Parses a duration such as `1h30m` into seconds. The units d, h, m and s come in this order.
pub fn parse_duration(text: &str) -> Result<u32, DurationError> {
    let mut number: Option<u32> = None;
    let (mut total, mut last) = (0u32, u32::MAX);
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            let shifted = number.unwrap_or(0).checked_mul(10);
            let next = shifted.and_then(|n| n.checked_add(digit));
            number = Some(next.ok_or(DurationError::TooLong)?);
            continue;
        }
        let unit = match c {
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return Err(DurationError::UnknownUnit(c)),
        };
        if unit >= last {
            return Err(DurationError::UnitOrder(c));
        }
        let count = number.take().ok_or(DurationError::MissingNumber(c))?;
        let part = count.checked_mul(unit).ok_or(DurationError::TooLong)?;
        total = total.checked_add(part).ok_or(DurationError::TooLong)?;
        last = unit;
    }
    match (number, last) {
        (Some(_), _) => Err(DurationError::MissingUnit),
        (None, u32::MAX) => Err(DurationError::Empty),
        (None, _) => Ok(total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_add_up() {
        assert_eq!(
            parse_duration("2d3h4m5s"),
            Ok(2 * 86_400 + 3 * 3_600 + 4 * 60 + 5)
        );
    }

    #[test]
    fn every_number_has_its_unit() {
        assert_eq!(parse_duration("15"), Err(DurationError::MissingUnit));
        assert_eq!(
            parse_duration("1hm"),
            Err(DurationError::MissingNumber('m'))
        );
        assert_eq!(parse_duration(""), Err(DurationError::Empty));
        assert_eq!(parse_duration("3a"), Err(DurationError::UnknownUnit('a')));
    }

    #[test]
    fn units_fall_and_never_repeat() {
        assert_eq!(parse_duration("1m1h"), Err(DurationError::UnitOrder('h')));
        assert_eq!(parse_duration("1m1m"), Err(DurationError::UnitOrder('m')));
    }

    #[test]
    fn a_duration_fits_its_integer() {
        assert_eq!(parse_duration("4294967295s"), Ok(u32::MAX));
        // The number, the product and the sum can each be what overflows.
        for text in ["4294967296s", "71582789m", "71582788m16s"] {
            assert_eq!(parse_duration(text), Err(DurationError::TooLong), "{text}");
        }
    }
}
