//! family: folding
//! split: test

#[derive(Debug, PartialEq)]
pub enum MatrixError {
    Empty,
    Ragged {
        row: usize,
        expected: usize,
        found: usize,
    },
    Entry {
        row: usize,
        column: usize,
    },
}

/// Parses a matrix such as `1 2; 3 4`, rows separated by semicolons. Rows and columns in errors
/// count from zero.
pub fn parse_matrix(text: &str) -> Result<Vec<Vec<i32>>, MatrixError> {
    let entry = |row: usize, (column, word): (usize, &str)| {
        word.parse().map_err(|_| MatrixError::Entry { row, column })
    };
    let rows = text.split(';').enumerate();
    let rows = rows.map(|(row, words)| {
        words
            .split_whitespace()
            .enumerate()
            .map(|word| entry(row, word))
            .collect()
    });
    let rows = rows.collect::<Result<Vec<Vec<i32>>, _>>()?;
    let expected = rows[0].len();
    if expected == 0 {
        return Err(MatrixError::Empty);
    }
    match rows.iter().position(|row| row.len() != expected) {
        Some(row) => Err(MatrixError::Ragged {
            row,
            expected,
            found: rows[row].len(),
        }),
        None => Ok(rows),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn semicolons_end_the_rows() {
        assert_eq!(
            parse_matrix("1 -2;3 4 ; 5 6"),
            Ok(vec![vec![1, -2], vec![3, 4], vec![5, 6]])
        );
    }

    #[test]
    fn all_rows_are_as_long_as_the_first() {
        let expected = MatrixError::Ragged {
            row: 2,
            expected: 2,
            found: 1,
        };
        assert_eq!(parse_matrix("1 2; 3 4; 5"), Err(expected));
    }

    #[test]
    fn a_matrix_has_an_entry() {
        assert_eq!(parse_matrix(""), Err(MatrixError::Empty));
        assert_eq!(parse_matrix(";1"), Err(MatrixError::Empty));
    }

    #[test]
    fn a_bad_entry_is_reported_before_a_ragged_row() {
        assert_eq!(
            parse_matrix("1 2; 3; 4 x"),
            Err(MatrixError::Entry { row: 2, column: 1 })
        );
    }

    proptest! {
        #[test]
        fn a_printed_matrix_is_read_back(rows in prop::collection::vec(any::<[i32; 3]>(), 1..5)) {
            let print = |row: &[i32; 3]| row.map(|n| n.to_string()).join(" ");
            let text = rows.iter().map(print).collect::<Vec<_>>().join(";");
            let expected: Vec<Vec<i32>> = rows.iter().map(|row| row.to_vec()).collect();
            prop_assert_eq!(parse_matrix(&text), Ok(expected));
        }
    }
}
