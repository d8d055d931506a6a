//! family: checked-arithmetic
//! split: train

use std::num::{NonZeroUsize, TryFromIntError};

#[derive(Debug, PartialEq)]
pub enum GridError {
    Negative(TryFromIntError),
    NoArea,
    TooManyCells { most: usize },
}

impl From<TryFromIntError> for GridError {
    fn from(error: TryFromIntError) -> Self {
        GridError::Negative(error)
    }
}

/// How many cells a grid of the given sides has, a border of one cell on every side included. A
/// grid without inner cells is refused, and so is one with more than `most` cells.
pub fn cell_count(width: i32, height: i32, most: usize) -> Result<NonZeroUsize, GridError> {
    let (width, height) = (usize::try_from(width)?, usize::try_from(height)?);
    if width.min(height) == 0 {
        return Err(GridError::NoArea);
    }
    let cells = (width + 2)
        .checked_mul(height + 2)
        .filter(|&cells| cells <= most);
    cells
        .and_then(NonZeroUsize::new)
        .ok_or(GridError::TooManyCells { most })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(width: i32, height: i32) -> Result<usize, GridError> {
        cell_count(width, height, 100).map(NonZeroUsize::get)
    }

    #[test]
    fn the_border_counts() {
        assert_eq!(cells(1, 1), Ok(9));
        assert_eq!(cells(3, 2), Ok(20));
    }

    #[test]
    fn a_grid_has_an_inside() {
        assert_eq!(cells(0, 5), Err(GridError::NoArea));
        assert_eq!(cells(5, 0), Err(GridError::NoArea));
        assert!(matches!(cells(-1, 5), Err(GridError::Negative(_))));
        // A negative side is worse than an empty one.
        assert!(matches!(cells(0, -1), Err(GridError::Negative(_))));
    }

    #[test]
    fn as_many_cells_as_the_most_are_allowed() {
        assert_eq!(cells(8, 8), Ok(100));
        assert_eq!(cells(9, 8), Err(GridError::TooManyCells { most: 100 }));
    }
}
