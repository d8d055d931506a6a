//! family: geometry
//! split: validation

/// A rectangle from its lower left corner (inside) to its upper right (outside).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rectangle {
    pub left: i32,
    pub bottom: i32,
    pub right: i32,
    pub top: i32,
}

/// The rectangle that two others share; `None` where they at most touch.
pub fn shared_rectangle(a: Rectangle, b: Rectangle) -> Option<Rectangle> {
    let shared = Rectangle {
        left: a.left.max(b.left),
        bottom: a.bottom.max(b.bottom),
        right: a.right.min(b.right),
        top: a.top.min(b.top),
    };
    (shared.left < shared.right && shared.bottom < shared.top).then_some(shared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rectangle(left: i32, bottom: i32, right: i32, top: i32) -> Rectangle {
        Rectangle {
            left,
            bottom,
            right,
            top,
        }
    }

    #[test]
    fn the_shared_part_has_the_inner_sides() {
        // Two sides come from each of them.
        let shared = shared_rectangle(rectangle(0, 0, 5, 5), rectangle(3, 2, 9, 4));
        assert_eq!(shared, Some(rectangle(3, 2, 5, 4)));
    }

    #[test]
    fn touching_sides_share_nothing() {
        let unit = rectangle(0, 0, 1, 1);
        assert_eq!(shared_rectangle(unit, rectangle(1, 0, 2, 1)), None);
        assert_eq!(shared_rectangle(unit, rectangle(0, 1, 1, 2)), None);
        // In one direction they overlap, in the other they are far apart.
        assert_eq!(shared_rectangle(unit, rectangle(0, 7, 1, 9)), None);
    }

    proptest! {
        #[test]
        fn a_cell_is_shared_if_it_lies_in_both(
            a in prop::array::uniform4(-4i32..4),
            b in prop::array::uniform4(-4i32..4),
            (x, y) in (-4i32..4, -4i32..4),
        ) {
            let inside = |r: Rectangle| r.left <= x && x < r.right && r.bottom <= y && y < r.top;
            let (a, b) = (rectangle(a[0], a[1], a[2], a[3]), rectangle(b[0], b[1], b[2], b[3]));
            prop_assert_eq!(shared_rectangle(a, b).is_some_and(inside), inside(a) && inside(b));
        }
    }
}
