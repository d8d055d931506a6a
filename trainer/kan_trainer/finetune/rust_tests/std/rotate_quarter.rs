//! family: matrices
//! split: train

/// Turns a square picture clockwise by a quarter, in place: four cells trade places at a time.
pub fn rotate_quarter<const N: usize>(cells: &mut [[u8; N]; N]) {
    for y in 0..N / 2 {
        for x in 0..N.div_ceil(2) {
            let corner = cells[y][x];
            cells[y][x] = cells[N - 1 - x][y];
            cells[N - 1 - x][y] = cells[N - 1 - y][N - 1 - x];
            cells[N - 1 - y][N - 1 - x] = cells[x][N - 1 - y];
            cells[x][N - 1 - y] = corner;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_row_becomes_the_last_column() {
        let mut cells = [[1, 2, 3], [4, 5, 6], [7, 8, 9]];
        rotate_quarter(&mut cells);
        assert_eq!(cells, [[7, 4, 1], [8, 5, 2], [9, 6, 3]]);
    }

    #[test]
    fn an_even_size_has_no_middle() {
        let mut cells = [[1, 2], [3, 4]];
        rotate_quarter(&mut cells);
        assert_eq!(cells, [[3, 1], [4, 2]]);
    }

    #[test]
    fn one_cell_stays() {
        // The middle of an odd size never moves.
        let mut cells = [[7]];
        rotate_quarter(&mut cells);
        assert_eq!(cells, [[7]]);
    }

    proptest! {
        #[test]
        fn each_cell_goes_where_it_should(flat in prop::array::uniform16(any::<u8>())) {
            let mut cells = [[0; 4]; 4];
            for (at, value) in flat.into_iter().enumerate() {
                cells[at / 4][at % 4] = value;
            }
            let before = cells;
            rotate_quarter(&mut cells);
            for at in 0..16 {
                prop_assert_eq!(cells[at % 4][3 - at / 4], before[at / 4][at % 4]);
            }
        }
    }
}
