//! family: positions
//! split: validation

use std::num::ParseIntError;
use std::str::FromStr;

/// A point on a grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

#[derive(Debug, PartialEq)]
pub enum PointError {
    Brackets,
    Axes(usize),
    Axis { name: char, source: ParseIntError },
}

impl FromStr for Point {
    type Err = PointError;

    /// Reads `(x, y)`. The error of a number says of which axis it is.
    fn from_str(text: &str) -> Result<Self, PointError> {
        let inside = text
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'));
        let parts: Vec<&str> = inside.ok_or(PointError::Brackets)?.split(',').collect();
        let axis = |name, part: &str| {
            part.trim()
                .parse()
                .map_err(|source| PointError::Axis { name, source })
        };
        match parts[..] {
            [x, y] => Ok(Point {
                x: axis('x', x)?,
                y: axis('y', y)?,
            }),
            _ => Err(PointError::Axes(parts.len())),
        }
    }
}

/// The point in the middle of two, rounded towards the first; any two points have one.
pub fn middle(a: Point, b: Point) -> Point {
    let between = |a: i32, b: i32| (i64::from(a) + (i64::from(b) - i64::from(a)) / 2) as i32;
    Point {
        x: between(a.x, b.x),
        y: between(a.y, b.y),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn points_stand_in_brackets() {
        assert_eq!("(1, -2)".parse(), Ok(Point { x: 1, y: -2 }));
        assert_eq!("1, 2".parse::<Point>(), Err(PointError::Brackets));
    }

    #[test]
    fn a_point_has_two_axes_and_errors_name_theirs() {
        assert_eq!("(1)".parse::<Point>(), Err(PointError::Axes(1)));
        assert!(matches!(
            "(a, b)".parse::<Point>(),
            Err(PointError::Axis { name: 'x', .. })
        ));
        assert!(matches!(
            "(1, )".parse::<Point>(),
            Err(PointError::Axis { name: 'y', .. })
        ));
    }

    #[test]
    fn the_middle_is_rounded_towards_the_first() {
        let (a, b) = (Point { x: 0, y: 5 }, Point { x: 3, y: 0 });
        assert_eq!(middle(a, b), Point { x: 1, y: 3 });
        assert_eq!(middle(b, a), Point { x: 2, y: 2 });
    }

    proptest! {
        #[test]
        fn the_middle_is_as_far_from_both(x: i32, y: i32) {
            let middle = middle(Point { x, y: 0 }, Point { x: y, y: 0 });
            // The distances differ by the rounding at most.
            prop_assert!(middle.x.abs_diff(y).abs_diff(middle.x.abs_diff(x)) <= 1);
        }
    }
}
