//! family: colours
//! split: validation

use std::num::ParseIntError;

#[derive(Debug, PartialEq)]
pub enum RgbError {
    NotAFunction,
    ChannelCount(usize),
    Channel(ParseIntError),
    Percent(u8),
}

impl From<ParseIntError> for RgbError {
    fn from(error: ParseIntError) -> Self {
        RgbError::Channel(error)
    }
}

/// Parses `rgb(255, 50%, 0)`, in which a channel is a byte or a percentage of 255, rounded down.
pub fn parse_rgb(text: &str) -> Result<[u8; 3], RgbError> {
    let inside = text
        .trim()
        .strip_prefix("rgb(")
        .and_then(|rest| rest.strip_suffix(')'));
    let channels = inside
        .ok_or(RgbError::NotAFunction)?
        .split(',')
        .map(|part| {
            let Some(percent) = part.trim().strip_suffix('%') else {
                return Ok(part.trim().parse()?);
            };
            match percent.parse()? {
                percent @ 0..=100 => Ok((u32::from(percent) * 255 / 100) as u8),
                percent => Err(RgbError::Percent(percent)),
            }
        });
    let channels = channels.collect::<Result<Vec<u8>, RgbError>>()?;
    let count = channels.len();
    channels
        .try_into()
        .map_err(|_| RgbError::ChannelCount(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_bytes_or_percentages() {
        assert_eq!(parse_rgb(" rgb(255, 50%,0) "), Ok([255, 127, 0]));
        assert_eq!(parse_rgb("rgb(0%,100%,1%)"), Ok([0, 255, 2]));
        assert_eq!(parse_rgb("rgb(0,0,101%)"), Err(RgbError::Percent(101)));
    }

    #[test]
    fn there_are_three_channels() {
        assert_eq!(parse_rgb("rgb(1,2)"), Err(RgbError::ChannelCount(2)));
        assert_eq!(parse_rgb("rgb(1,2,3,4)"), Err(RgbError::ChannelCount(4)));
    }

    #[test]
    fn a_channel_that_is_no_byte_is_an_error_of_the_number() {
        for text in [
            "rgb(256,0,0)",
            "rgb(-1,0,0)",
            "rgb(1.5,0,0)",
            "rgb()",
            "rgb(%,0,0)",
        ] {
            assert!(
                matches!(parse_rgb(text), Err(RgbError::Channel(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn name_and_brackets_are_needed() {
        // A space before the bracket makes it another text.
        for text in ["1,2,3", "rgb (1,2,3)", "rgb(1,2,3", "hsl(1,2,3)"] {
            assert_eq!(parse_rgb(text), Err(RgbError::NotAFunction), "{text}");
        }
    }
}
