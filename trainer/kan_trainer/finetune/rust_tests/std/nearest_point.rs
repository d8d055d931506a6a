//! family: geometry
//! split: validation

/// The index of the point nearest to `target`, the first of those as near.
pub fn nearest_point(points: &[(i32, i32)], target: (i32, i32)) -> Option<usize> {
    let distance = |point: &(i32, i32)| {
        let x = u128::from(point.0.abs_diff(target.0));
        let y = u128::from(point.1.abs_diff(target.1));
        x * x + y * y
    };
    (0..points.len()).min_by_key(|&at| distance(&points[at]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_directions_count() {
        assert_eq!(nearest_point(&[(5, 0), (3, 3), (0, 9)], (0, 0)), Some(1));
        assert_eq!(nearest_point(&[(5, 0), (4, 4)], (0, 0)), Some(0));
    }

    #[test]
    fn the_first_of_equally_near_points_is_taken() {
        // All but the first are five away.
        assert_eq!(
            nearest_point(&[(9, 9), (0, 5), (3, 4), (-5, 0)], (0, 0)),
            Some(1)
        );
        assert_eq!(nearest_point(&[], (0, 0)), None);
    }

    #[test]
    fn the_farthest_points_do_not_overflow() {
        // The square of their distance needs more than 64 bits.
        let corners = [(i32::MIN, i32::MIN), (i32::MIN, i32::MIN + 1)];
        assert_eq!(nearest_point(&corners, (i32::MAX, i32::MAX)), Some(1));
    }

    proptest! {
        #[test]
        fn a_point_is_nearest_to_itself(points in prop::collection::vec((-9i32..9, -9i32..9), 1..12), at in 0usize..12) {
            let target = points[at % points.len()];
            let found = nearest_point(&points, target).unwrap();
            prop_assert_eq!(Some(found), points.iter().position(|&point| point == target));
        }
    }
}
