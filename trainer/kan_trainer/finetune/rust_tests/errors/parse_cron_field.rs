//! family: calendar
//! split: test

#[derive(Debug, PartialEq)]
pub enum CronError {
    NotANumber(String),
    OutOfRange(u32),
    Backwards { from: u32, to: u32 },
    ZeroStep,
}

/// Expands a field of a cron line, such as `*/15` or `1-5,10`, to its values in ascending order.
pub fn parse_cron_field(field: &str, least: u32, most: u32) -> Result<Vec<u32>, CronError> {
    let number = |text: &str| {
        text.parse()
            .map_err(|_| CronError::NotANumber(text.to_string()))
    };
    let value = |text: &str| match number(text)? {
        value if (least..=most).contains(&value) => Ok(value),
        value => Err(CronError::OutOfRange(value)),
    };
    let mut values = Vec::new();
    for item in field.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, number(step)?),
            None => (item, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (value(from)?, value(to)?),
            None => (value(range)?, value(range)?),
        };
        if from > to {
            return Err(CronError::Backwards { from, to });
        }
        if step == 0 {
            return Err(CronError::ZeroStep);
        }
        values.extend((from..=to).step_by(step as usize));
    }
    values.sort_unstable();
    values.dedup();
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_the_whole_range() {
        assert_eq!(parse_cron_field("*", 1, 4), Ok(vec![1, 2, 3, 4]));
        assert_eq!(parse_cron_field("*/15", 0, 59), Ok(vec![0, 15, 30, 45]));
    }

    #[test]
    fn items_are_merged_in_order_and_once() {
        assert_eq!(
            parse_cron_field("9,1-5/2,3,0", 0, 9),
            Ok(vec![0, 1, 3, 5, 9])
        );
    }

    #[test]
    fn values_lie_in_the_range_of_the_field() {
        assert_eq!(parse_cron_field("0", 1, 12), Err(CronError::OutOfRange(0)));
        assert_eq!(
            parse_cron_field("5-13", 1, 12),
            Err(CronError::OutOfRange(13))
        );
        assert_eq!(
            parse_cron_field("5-3", 1, 12),
            Err(CronError::Backwards { from: 5, to: 3 })
        );
    }

    #[test]
    fn steps_are_positive_numbers() {
        assert_eq!(parse_cron_field("*/0", 0, 9), Err(CronError::ZeroStep));
        assert_eq!(
            parse_cron_field("*/x", 0, 9),
            Err(CronError::NotANumber("x".to_string()))
        );
        assert!(parse_cron_field("1,", 0, 9).is_err());
    }
}
