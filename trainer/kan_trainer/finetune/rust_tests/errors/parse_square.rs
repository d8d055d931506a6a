//! family: positions
//! split: validation

use std::fmt;
use std::str::FromStr;

/// A square of the chess board, file and rank counted from zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Square {
    pub file: u8,
    pub rank: u8,
}

#[derive(Debug, PartialEq)]
pub struct NoSquare(String);

impl fmt::Display for NoSquare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a square from a1 to h8", self.0)
    }
}

impl std::error::Error for NoSquare {}

impl FromStr for Square {
    type Err = NoSquare;

    fn from_str(text: &str) -> Result<Self, NoSquare> {
        match text.as_bytes() {
            [file @ b'a'..=b'h', rank @ b'1'..=b'8'] => Ok(Square {
                file: file - b'a',
                rank: rank - b'1',
            }),
            _ => Err(NoSquare(text.to_string())),
        }
    }
}

impl Square {
    /// The square some steps away, where the board has it.
    pub fn step(self, files: i8, ranks: i8) -> Option<Square> {
        let on_board = |at: u8, by: i8| at.checked_add_signed(by).filter(|&at| at < 8);
        Some(Square {
            file: on_board(self.file, files)?,
            rank: on_board(self.rank, ranks)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step(from: &str, files: i8, ranks: i8) -> Option<Square> {
        from.parse::<Square>().unwrap().step(files, ranks)
    }

    #[test]
    fn corners_are_squares() {
        assert_eq!("a1".parse(), Ok(Square { file: 0, rank: 0 }));
        assert_eq!("h8".parse(), Ok(Square { file: 7, rank: 7 }));
    }

    #[test]
    fn what_lies_beside_the_board_is_refused() {
        for text in ["i1", "a9", "a0", "`1", "", "a", "a12", "A1"] {
            let error = text.parse::<Square>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("{text:?} is not a square from a1 to h8")
            );
        }
    }

    #[test]
    fn steps_end_at_the_edge() {
        assert_eq!(step("b1", 1, 2), "c3".parse().ok());
        assert_eq!(step("g6", 1, 2), "h8".parse().ok());
        assert_eq!(step("g7", 1, 2), None);
        // The largest step would leave the integer as well.
        assert_eq!(step("h8", i8::MAX, i8::MIN), None);
    }

    proptest! {
        #[test]
        fn a_step_can_be_taken_back(file in 0u8..8, files in -8i8..8, ranks in -4i8..4) {
            let square = Square { file, rank: 3 };
            if let Some(there) = square.step(files, ranks) {
                prop_assert_eq!(there.step(-files, -ranks), Some(square));
            }
        }
    }
}
