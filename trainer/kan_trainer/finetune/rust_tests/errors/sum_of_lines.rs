//! family: folding
//! split: test

use std::error::Error;
use std::fmt;
use std::num::ParseIntError;

#[derive(Debug)]
pub enum SumError {
    Line {
        number: usize,
        source: ParseIntError,
    },
    Overflow {
        number: usize,
    },
}

impl fmt::Display for SumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SumError::Line { number, .. } => write!(f, "line {number} is no number"),
            SumError::Overflow { number } => write!(f, "the sum overflows at line {number}"),
        }
    }
}

impl Error for SumError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            SumError::Line { source, .. } => Some(source),
            SumError::Overflow { .. } => None,
        }
    }
}

/// Adds up a number a line; blank lines are skipped but counted.
pub fn sum_of_lines(text: &str) -> Result<i16, SumError> {
    let lines = text.lines().map(str::trim).enumerate();
    lines
        .filter(|(_, line)| !line.is_empty())
        .try_fold(0i16, |sum, (index, line)| {
            let number = index + 1;
            let value = line
                .parse()
                .map_err(|source| SumError::Line { number, source })?;
            sum.checked_add(value).ok_or(SumError::Overflow { number })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blank_lines_are_skipped() {
        assert_eq!(sum_of_lines("1\n\n  -5 \n7\n").unwrap(), 3);
    }

    #[test]
    fn a_bad_line_keeps_its_number_and_cause() {
        let error = sum_of_lines("1\n\nx").unwrap_err();
        assert_eq!(error.to_string(), "line 3 is no number");
        assert_eq!(
            error.source().unwrap().to_string(),
            "invalid digit found in string"
        );
    }

    #[test]
    fn an_overflow_has_no_deeper_cause() {
        let error = sum_of_lines("32767\n0\n1\n-1").unwrap_err();
        assert_eq!(error.to_string(), "the sum overflows at line 3");
        assert!(error.source().is_none());
        // A single number that is too large is no number.
        assert!(sum_of_lines("32768").unwrap_err().source().is_some());
    }

    proptest! {
        #[test]
        fn the_order_of_small_numbers_does_not_matter(mut values: Vec<i8>) {
            values.truncate(100);
            let text = |values: &[i8]| values.iter().map(|v| format!("{v}\n")).collect::<String>();
            let sum = sum_of_lines(&text(&values)).unwrap();
            values.reverse();
            prop_assert_eq!(sum_of_lines(&text(&values)).unwrap(), sum);
        }
    }
}
