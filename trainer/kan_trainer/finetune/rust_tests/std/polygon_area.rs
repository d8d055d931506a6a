//! family: geometry
//! split: validation

/// Twice the area of a polygon; positive where its corners run counterclockwise.
pub fn polygon_area(corners: &[(i32, i32)]) -> i64 {
    let next = corners.iter().cycle().skip(1);
    corners
        .iter()
        .zip(next)
        .map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn direction_gives_the_sign() {
        assert_eq!(polygon_area(&[(0, 0), (4, 0), (4, 3), (0, 3)]), 24);
        assert_eq!(polygon_area(&[(0, 3), (4, 3), (4, 0), (0, 0)]), -24);
    }

    #[test]
    fn fewer_than_three_corners_have_no_area() {
        assert_eq!(polygon_area(&[]), 0);
        assert_eq!(polygon_area(&[(3, 4)]), 0);
        assert_eq!(polygon_area(&[(3, 4), (7, 1)]), 0);
    }

    #[test]
    fn the_last_corner_joins_the_first() {
        // A triangle of area one half.
        assert_eq!(polygon_area(&[(1, 1), (2, 1), (1, 2)]), 1);
    }

    proptest! {
        #[test]
        fn moving_it_changes_nothing(
            corners in prop::collection::vec((-99i32..99, -99i32..99), 0..8),
            (x, y) in (-99i32..99, -99i32..99),
        ) {
            let moved: Vec<_> = corners.iter().map(|corner| (corner.0 + x, corner.1 + y)).collect();
            prop_assert_eq!(polygon_area(&moved), polygon_area(&corners));
        }
    }
}
