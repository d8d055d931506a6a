//! family: quantities
//! split: train

use std::num::ParseFloatError;
use std::str::FromStr;

/// A share of a whole, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(f64);

#[derive(Debug, PartialEq)]
pub enum ShareError {
    Number(ParseFloatError),
    OutOfRange(f64),
}

impl From<ParseFloatError> for ShareError {
    fn from(error: ParseFloatError) -> Self {
        ShareError::Number(error)
    }
}

impl FromStr for Share {
    type Err = ShareError;

    /// Reads `25%` or `0.25`; whatever lies outside of nothing and the whole is refused.
    fn from_str(text: &str) -> Result<Self, ShareError> {
        let value = match text.trim().strip_suffix('%') {
            Some(percent) => percent.trim_end().parse::<f64>()? / 100.0,
            None => text.trim().parse()?,
        };
        if (0.0..=1.0).contains(&value) {
            Ok(Share(value))
        } else {
            Err(ShareError::OutOfRange(value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percent_and_plain_number_mean_the_same() {
        assert_eq!("25 %".parse(), Ok(Share(0.25)));
        assert_eq!(" 0.25 ".parse(), Ok(Share(0.25)));
    }

    #[test]
    fn nothing_and_the_whole_are_shares() {
        assert_eq!("0".parse(), Ok(Share(0.0)));
        assert_eq!("100%".parse(), Ok(Share(1.0)));
    }

    #[test]
    fn anything_outside_is_refused_with_its_value() {
        assert_eq!("150%".parse::<Share>(), Err(ShareError::OutOfRange(1.5)));
        assert_eq!("-0.5".parse::<Share>(), Err(ShareError::OutOfRange(-0.5)));
        // A NaN parses well, but no range contains it.
        assert!(matches!("nan".parse::<Share>(), Err(ShareError::OutOfRange(n)) if n.is_nan()));
    }

    #[test]
    fn a_sign_without_number_is_an_error_of_the_number() {
        assert!(matches!("%".parse::<Share>(), Err(ShareError::Number(_))));
        assert!(matches!(
            "half".parse::<Share>(),
            Err(ShareError::Number(_))
        ));
    }

    proptest! {
        #[test]
        fn every_whole_percent_is_a_hundredth(percent in 0u32..=100) {
            let share: Share = format!("{percent}%").parse().unwrap();
            prop_assert_eq!(share, Share(f64::from(percent) / 100.0));
        }
    }
}
