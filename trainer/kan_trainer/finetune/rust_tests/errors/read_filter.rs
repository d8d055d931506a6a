//! family: options
//! split: train

use std::num::ParseIntError;

/// A filter of which every bound may be left out.
#[derive(Debug, PartialEq)]
pub struct Filter {
    pub least: Option<u32>,
    pub most: Option<u32>,
}

#[derive(Debug, PartialEq)]
pub enum FilterError {
    Number(ParseIntError),
    Empty { least: u32, most: u32 },
}

impl From<ParseIntError> for FilterError {
    fn from(error: ParseIntError) -> Self {
        FilterError::Number(error)
    }
}

/// Reads the bounds of a filter. One may be missing, but between two there must lie something.
pub fn read_filter(least: Option<&str>, most: Option<&str>) -> Result<Filter, FilterError> {
    let least = least.map(str::parse).transpose()?;
    let most = most.map(str::parse).transpose()?;
    match (least, most) {
        (Some(least), Some(most)) if least > most => Err(FilterError::Empty { least, most }),
        (least, most) => Ok(Filter { least, most }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bounds_may_be_left_out() {
        assert_eq!(
            read_filter(None, None),
            Ok(Filter {
                least: None,
                most: None
            })
        );
        assert_eq!(
            read_filter(Some("7"), None),
            Ok(Filter {
                least: Some(7),
                most: None
            })
        );
    }

    #[test]
    fn equal_bounds_leave_one_value() {
        assert_eq!(
            read_filter(Some("7"), Some("7")),
            Ok(Filter {
                least: Some(7),
                most: Some(7)
            })
        );
        let expected = FilterError::Empty { least: 8, most: 7 };
        assert_eq!(read_filter(Some("8"), Some("7")), Err(expected));
    }

    #[test]
    fn a_bound_that_is_given_must_be_a_number() {
        assert!(matches!(
            read_filter(Some("x"), None),
            Err(FilterError::Number(_))
        ));
        assert!(matches!(
            read_filter(Some("9"), Some("-1")),
            Err(FilterError::Number(_))
        ));
        // An empty text is not the same as no text.
        assert!(matches!(
            read_filter(None, Some("")),
            Err(FilterError::Number(_))
        ));
    }

    proptest! {
        #[test]
        fn accepted_bounds_are_those_in_order(least: u32, most: u32) {
            let result = read_filter(Some(&least.to_string()), Some(&most.to_string()));
            prop_assert_eq!(result.is_ok(), least <= most);
        }
    }
}
