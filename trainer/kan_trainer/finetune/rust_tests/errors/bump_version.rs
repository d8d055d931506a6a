//! family: versions
//! split: train

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Level {
    Major,
    Minor,
    Patch,
}

/// The counter of a level has reached its largest value.
#[derive(Debug, PartialEq)]
pub struct Exhausted(pub Level);

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no version follows: the {:?} number is full", self.0)
    }
}

impl std::error::Error for Exhausted {}

/// The version that follows at `level`; the lower parts start again at zero.
pub fn bump(version: (u16, u16, u16), level: Level) -> Result<(u16, u16, u16), Exhausted> {
    let (major, minor, patch) = version;
    let next = |part: u16| part.checked_add(1).ok_or(Exhausted(level));
    Ok(match level {
        Level::Major => (next(major)?, 0, 0),
        Level::Minor => (major, next(minor)?, 0),
        Level::Patch => (major, minor, next(patch)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lower_parts_start_again_at_zero() {
        assert_eq!(bump((1, 2, 3), Level::Major), Ok((2, 0, 0)));
        assert_eq!(bump((1, 2, 3), Level::Minor), Ok((1, 3, 0)));
        assert_eq!(bump((1, 2, 3), Level::Patch), Ok((1, 2, 4)));
    }

    #[test]
    fn a_full_counter_is_an_error_that_names_the_level() {
        let error = bump((1, u16::MAX, 3), Level::Minor).unwrap_err();
        assert_eq!(error, Exhausted(Level::Minor));
        assert_eq!(
            error.to_string(),
            "no version follows: the Minor number is full"
        );
    }

    #[test]
    fn a_full_counter_elsewhere_does_not_matter() {
        assert_eq!(bump((1, u16::MAX, u16::MAX), Level::Major), Ok((2, 0, 0)));
    }

    proptest! {
        #[test]
        fn the_next_version_is_always_newer(version: (u16, u16, u16), choice in 0usize..3) {
            let level = [Level::Major, Level::Minor, Level::Patch][choice];
            match bump(version, level) {
                Ok(next) => prop_assert!(next > version),
                Err(Exhausted(full)) => prop_assert_eq!(full, level),
            }
        }
    }
}
