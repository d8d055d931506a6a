//! family: grids
//! split: test

/// Values in rows of one width.
pub struct Grid<T> {
    width: usize,
    cells: Vec<T>,
}

impl<T> Grid<T> {
    /// `None` where the cells do not fill whole rows.
    pub fn new(width: usize, cells: Vec<T>) -> Option<Self> {
        (width > 0 && cells.len().is_multiple_of(width)).then_some(Grid { width, cells })
    }

    pub fn get(&self, x: usize, y: usize) -> Option<&T> {
        if x >= self.width {
            return None;
        }
        self.cells.get(y * self.width + x)
    }

    /// The values above, left of, right of and below a cell, as far as they lie inside.
    pub fn neighbours(&self, x: usize, y: usize) -> impl Iterator<Item = &T> {
        let places = [
            (Some(x), y.checked_sub(1)),
            (x.checked_sub(1), Some(y)),
            (x.checked_add(1), Some(y)),
            (Some(x), y.checked_add(1)),
        ];
        places.into_iter().filter_map(|(x, y)| self.get(x?, y?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keypad() -> Grid<char> {
        Grid::new(3, "123456789".chars().collect()).unwrap()
    }

    fn around(x: usize, y: usize) -> String {
        keypad().neighbours(x, y).collect()
    }

    #[test]
    fn the_middle_has_four_neighbours() {
        assert_eq!(around(1, 1), "2468");
    }

    #[test]
    fn corners_have_two() {
        assert_eq!(around(0, 0), "24");
        assert_eq!(around(2, 2), "68");
        // Right of the first row does not lie the start of the second.
        assert_eq!(around(2, 0), "26");
    }

    #[test]
    fn cells_are_found_by_column_and_row() {
        assert_eq!(keypad().get(2, 1), Some(&'6'));
        assert_eq!(keypad().get(3, 0), None);
        assert_eq!(keypad().get(0, 3), None);
    }

    #[test]
    fn rows_have_to_be_whole() {
        // A width of zero would have no rows to count.
        assert!(Grid::new(2, vec![1, 2, 3]).is_none());
        assert!(Grid::new(0, Vec::<u8>::new()).is_none());
        assert!(Grid::new(1, vec![1, 2, 3]).is_some());
    }

    proptest! {
        #[test]
        fn being_neighbours_is_mutual(a in (0usize..4, 0usize..4), b in (0usize..4, 0usize..4)) {
            let grid = Grid::new(4, (0..16).collect()).unwrap();
            let near = |p: (usize, usize), q: (usize, usize)| grid.neighbours(p.0, p.1).any(|n| *n == q.1 * 4 + q.0);
            prop_assert_eq!(near(a, b), near(b, a));
            prop_assert_eq!(near(a, b), a.0.abs_diff(b.0) + a.1.abs_diff(b.1) == 1);
        }
    }
}
