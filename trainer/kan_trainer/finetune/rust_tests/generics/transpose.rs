//! family: grids
//! split: test

/// The table with rows and columns exchanged; values are moved, not copied.
pub fn transpose<T, const R: usize, const C: usize>(table: [[T; C]; R]) -> [[T; R]; C] {
    let mut rows = table.map(|row| row.into_iter());
    std::array::from_fn(|_| {
        rows.each_mut()
            .map(|row| row.next().expect("every row has C values"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_become_columns() {
        assert_eq!(transpose([[1, 2, 3], [4, 5, 6]]), [[1, 4], [2, 5], [3, 6]]);
    }

    #[test]
    fn values_that_cannot_be_copied_are_moved() {
        let table = [[String::from("a")], [String::from("b")]];
        assert_eq!(transpose(table), [["a", "b"]]);
    }

    #[test]
    fn a_table_without_columns_has_no_rows_afterwards() {
        let empty: [[u8; 2]; 0] = transpose([[], []]);
        assert_eq!(empty, [[0u8; 2]; 0]);
        // And the other way round the rows are empty.
        assert_eq!(transpose([[0u8; 3]; 0]), [[], [], []]);
    }

    proptest! {
        #[test]
        fn a_value_goes_to_the_mirrored_place(table in any::<[[u8; 4]; 3]>()) {
            let turned = transpose(table);
            for (r, row) in table.iter().enumerate() {
                for (c, value) in row.iter().enumerate() {
                    prop_assert_eq!(turned[c][r], *value);
                }
            }
            prop_assert_eq!(transpose(turned), table);
        }
    }
}
