//! family: matrices
//! split: train

/// The values of a rectangular grid read clockwise from the outside in.
pub fn spiral_order(grid: &[Vec<u8>]) -> Vec<u8> {
    let mut order = Vec::new();
    let (mut top, mut bottom) = (0, grid.len());
    let (mut left, mut right) = (0, grid.first().map_or(0, Vec::len));
    while top < bottom && left < right {
        order.extend(&grid[top][left..right]);
        top += 1;
        order.extend(grid[top..bottom].iter().map(|row| row[right - 1]));
        right -= 1;
        if top < bottom {
            bottom -= 1;
            order.extend(grid[bottom][left..right].iter().rev());
        }
        if left < right {
            order.extend(grid[top..bottom].iter().rev().map(|row| row[left]));
            left += 1;
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_square_is_read_round_to_its_middle() {
        let grid = [vec![1, 2, 3], vec![8, 9, 4], vec![7, 6, 5]];
        assert_eq!(spiral_order(&grid), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn a_single_row_or_column_is_read_once() {
        // The way back must not read it again.
        assert_eq!(spiral_order(&[vec![1, 2, 3]]), [1, 2, 3]);
        assert_eq!(spiral_order(&[vec![1], vec![2], vec![3]]), [1, 2, 3]);
        assert!(spiral_order(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn every_cell_is_visited_once(height in 1usize..7, width in 1usize..7) {
            let cells: Vec<u8> = (0..(height * width) as u8).collect();
            let grid: Vec<Vec<u8>> = cells.chunks(width).map(<[u8]>::to_vec).collect();
            let mut order = spiral_order(&grid);
            order.sort_unstable();
            prop_assert_eq!(order, cells);
        }
    }
}
