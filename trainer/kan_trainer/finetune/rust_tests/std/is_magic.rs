//! family: macros-collections
//! split: test

/// True where every expression has the value of the first; later ones are not evaluated in vain.
macro_rules! all_equal {
    ($first:expr $(, $other:expr)+) => {{
        let first = $first;
        true $(&& first == $other)+
    }};
}

/// Is a grid of three by three a magic square: do all rows, columns and diagonals sum alike?
pub fn is_magic(g: &[[u16; 3]; 3]) -> bool {
    let row = |at: usize| g[at].iter().sum::<u16>();
    let column = |at: usize| g.iter().map(|row| row[at]).sum::<u16>();
    let diagonals = (g[0][0] + g[1][1] + g[2][2], g[0][2] + g[1][1] + g[2][0]);
    all_equal!(
        row(0),
        row(1),
        row(2),
        column(0),
        column(1),
        column(2),
        diagonals.0,
        diagonals.1
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_old_square_is_magic() {
        assert!(is_magic(&[[2, 7, 6], [9, 5, 1], [4, 3, 8]]));
    }

    #[test]
    fn rows_and_columns_are_not_enough() {
        // The columns of the old square in another order: one diagonal breaks.
        assert!(!is_magic(&[[7, 2, 6], [5, 9, 1], [3, 4, 8]]));
        assert!(!is_magic(&[[1, 2, 3], [2, 3, 1], [3, 1, 2]]));
        assert!(!is_magic(&[[3, 2, 1], [1, 3, 2], [2, 1, 3]]));
    }

    #[test]
    fn the_last_expression_counts_too() {
        assert!(all_equal!("a", "a"));
        assert!(!all_equal!(1, 1, 2));
    }

    proptest! {
        #[test]
        fn a_change_of_one_cell_breaks_it(row in 0usize..3, column in 0usize..3, more in 1u16..99) {
            let mut grid = [[8, 1, 6], [3, 5, 7], [4, 9, 2]];
            prop_assert!(is_magic(&grid));
            grid[row][column] += more;
            prop_assert!(!is_magic(&grid));
        }
    }
}
