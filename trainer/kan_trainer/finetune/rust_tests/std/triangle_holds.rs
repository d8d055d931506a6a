//! family: geometry
//! split: validation

/// Does a point lie in a triangle, or on its border? In whichever direction its corners run.
pub fn triangle_holds(corners: [(i32, i32); 3], point: (i32, i32)) -> bool {
    let side = |a: (i32, i32), b: (i32, i32)| {
        let (ux, uy) = (
            i64::from(b.0) - i64::from(a.0),
            i64::from(b.1) - i64::from(a.1),
        );
        let (vx, vy) = (
            i64::from(point.0) - i64::from(a.0),
            i64::from(point.1) - i64::from(a.1),
        );
        (ux * vy - uy * vx).signum()
    };
    let [a, b, c] = corners;
    let sides = [side(a, b), side(b, c), side(c, a)];
    !(sides.contains(&1) && sides.contains(&-1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CORNERS: [(i32, i32); 3] = [(1, 1), (9, 2), (3, 8)];

    #[test]
    fn inside_and_outside_are_told_apart() {
        // Some of them lie inside the rectangle around it.
        assert!(triangle_holds(CORNERS, (4, 4)));
        for outside in [(0, 0), (9, 9), (5, 1), (1, 7), (8, 4)] {
            assert!(!triangle_holds(CORNERS, outside), "{outside:?}");
        }
    }

    #[test]
    fn the_border_belongs_to_it() {
        assert!(CORNERS
            .iter()
            .all(|&corner| triangle_holds(CORNERS, corner)));
        assert!(triangle_holds([(0, 0), (4, 0), (0, 4)], (2, 2)));
        assert!(!triangle_holds([(0, 0), (4, 0), (0, 4)], (3, 2)));
    }

    proptest! {
        #[test]
        fn the_direction_does_not_matter(x in -2i32..12, y in -2i32..12) {
            let [a, b, c] = CORNERS;
            let held = triangle_holds(CORNERS, (x, y));
            prop_assert_eq!(triangle_holds([c, b, a], (x, y)), held);
            prop_assert_eq!(triangle_holds([b, c, a], (x, y)), held);
        }
    }
}
