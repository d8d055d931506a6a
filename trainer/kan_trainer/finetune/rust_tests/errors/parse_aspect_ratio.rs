//! family: quantities
//! split: train

use std::num::NonZeroU32;

#[derive(Debug, PartialEq)]
pub enum RatioError {
    NoColon,
    Width,
    Height,
}

/// Parses an aspect ratio such as `16:9`; neither side can be zero.
pub fn parse_aspect_ratio(text: &str) -> Result<(NonZeroU32, NonZeroU32), RatioError> {
    let (width, height) = text.split_once(':').ok_or(RatioError::NoColon)?;
    let width = width.parse().map_err(|_| RatioError::Width)?;
    let height = height.parse().map_err(|_| RatioError::Height)?;
    Ok((width, height))
}

/// The height that belongs to `width` pixels, rounded down; `None` where it is not even one.
pub fn height_for(width: u32, ratio: (NonZeroU32, NonZeroU32)) -> Option<NonZeroU32> {
    let scaled = u64::from(width) * u64::from(ratio.1.get()) / u64::from(ratio.0.get());
    u32::try_from(scaled).ok().and_then(NonZeroU32::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn height(width: u32, ratio: &str) -> Option<u32> {
        height_for(width, parse_aspect_ratio(ratio).unwrap()).map(NonZeroU32::get)
    }

    #[test]
    fn the_height_follows_the_width() {
        assert_eq!(height(1920, "16:9"), Some(1080));
        assert_eq!(height(100, "3:2"), Some(66));
    }

    #[test]
    fn a_height_of_nothing_or_too_much_is_none() {
        assert_eq!(height(1, "16:9"), None);
        assert_eq!(height(2, "2:1"), Some(1));
        // The product needs more than 32 bits, and so does the result.
        assert_eq!(height(u32::MAX, "1:2"), None);
        assert_eq!(height(u32::MAX, "3:3"), Some(u32::MAX));
    }

    #[test]
    fn each_side_has_its_own_error() {
        assert_eq!(parse_aspect_ratio("16x9"), Err(RatioError::NoColon));
        assert_eq!(parse_aspect_ratio("0:9"), Err(RatioError::Width));
        assert_eq!(parse_aspect_ratio("16:0"), Err(RatioError::Height));
        assert_eq!(parse_aspect_ratio("a:b"), Err(RatioError::Width));
    }

    proptest! {
        #[test]
        fn a_square_keeps_its_width(width in 1u32.., side in 1u32..) {
            let ratio = parse_aspect_ratio(&format!("{side}:{side}")).unwrap();
            prop_assert_eq!(height_for(width, ratio), NonZeroU32::new(width));
        }
    }
}
