//! family: quantities
//! split: train

use std::ops::RangeInclusive;

#[derive(Debug, PartialEq)]
pub enum RangeError {
    NotAPage(String),
    Backwards { from: u32, to: u32 },
    BeyondLast(u32),
}

/// Parses pages to print such as `1-3,7,9-` of a document with `last` pages. An open end runs to
/// the last page; page 0 does not exist.
pub fn parse_page_ranges(text: &str, last: u32) -> Result<Vec<RangeInclusive<u32>>, RangeError> {
    let page = |part: &str| match part.trim().parse() {
        Ok(number) if number > last => Err(RangeError::BeyondLast(number)),
        Ok(number) if number > 0 => Ok(number),
        _ => Err(RangeError::NotAPage(part.to_string())),
    };
    let range = |item: &str| {
        let (from, to) = match item.split_once('-') {
            Some((from, "")) => (page(from)?, last),
            Some((from, to)) => (page(from)?, page(to)?),
            None => (page(item)?, page(item)?),
        };
        if from > to {
            return Err(RangeError::Backwards { from, to });
        }
        Ok(from..=to)
    };
    text.split(',').map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn single_pages_ranges_and_open_ends_mix() {
        assert_eq!(
            parse_page_ranges("1-3, 7,9-", 12),
            Ok(vec![1..=3, 7..=7, 9..=12])
        );
        assert_eq!(parse_page_ranges("12,12-", 12), Ok(vec![12..=12, 12..=12]));
    }

    #[test]
    fn pages_lie_between_one_and_the_last() {
        assert_eq!(
            parse_page_ranges("0", 5),
            Err(RangeError::NotAPage("0".into()))
        );
        assert_eq!(parse_page_ranges("3-6", 5), Err(RangeError::BeyondLast(6)));
    }

    #[test]
    fn a_range_does_not_run_backwards() {
        assert_eq!(
            parse_page_ranges("4-2", 5),
            Err(RangeError::Backwards { from: 4, to: 2 })
        );
    }

    #[test]
    fn the_first_part_that_is_no_page_is_returned() {
        assert_eq!(
            parse_page_ranges("1,x,y", 5),
            Err(RangeError::NotAPage("x".into()))
        );
        // A range may be open at its end, never at its start.
        assert_eq!(
            parse_page_ranges("-3", 5),
            Err(RangeError::NotAPage("".into()))
        );
    }

    proptest! {
        #[test]
        fn any_ordered_pair_within_the_document_is_a_range(a in 1u32..50, b in 1u32..50) {
            let (from, to) = (a.min(b), a.max(b));
            prop_assert_eq!(parse_page_ranges(&format!("{from}-{to}"), 50), Ok(vec![from..=to]));
        }
    }
}
