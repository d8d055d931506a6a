//! family: positions
//! split: validation

#[derive(Debug, PartialEq)]
pub enum CellError {
    NoColumn,
    NoRow,
    RowZero,
    BadRow(String),
    ColumnTooFar,
}

/// Parses the name of a spreadsheet cell such as `AB12` into column and row, both from zero. The
/// last of the columns is `XFD`.
pub fn parse_cell(name: &str) -> Result<(u32, u32), CellError> {
    let split = name
        .find(|c: char| !c.is_ascii_uppercase())
        .unwrap_or(name.len());
    let (letters, digits) = name.split_at(split);
    if letters.is_empty() {
        return Err(CellError::NoColumn);
    }
    let column = letters.bytes().try_fold(0u32, |column, letter| {
        column
            .checked_mul(26)?
            .checked_add(u32::from(letter - b'A') + 1)
    });
    let column = column
        .filter(|&column| column <= 16_384)
        .ok_or(CellError::ColumnTooFar)?;
    if digits.is_empty() {
        return Err(CellError::NoRow);
    }
    match digits.parse::<u32>() {
        Ok(0) => Err(CellError::RowZero),
        Ok(row) if !digits.starts_with(['0', '+']) => Ok((column - 1, row - 1)),
        _ => Err(CellError::BadRow(digits.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_like_numbers_without_a_zero() {
        assert_eq!(parse_cell("A1"), Ok((0, 0)));
        assert_eq!(parse_cell("Z9"), Ok((25, 8)));
        assert_eq!(parse_cell("AA10"), Ok((26, 9)));
        assert_eq!(parse_cell("AB12"), Ok((27, 11)));
    }

    #[test]
    fn the_last_column_is_xfd() {
        assert_eq!(parse_cell("XFD1"), Ok((16_383, 0)));
        assert_eq!(parse_cell("XFE1"), Err(CellError::ColumnTooFar));
        // So many letters do not fit an integer any more.
        assert_eq!(parse_cell("ZZZZZZZZZ1"), Err(CellError::ColumnTooFar));
    }

    #[test]
    fn a_cell_has_a_column_and_a_row() {
        assert_eq!(parse_cell("12"), Err(CellError::NoColumn));
        assert_eq!(parse_cell("a1"), Err(CellError::NoColumn));
        assert_eq!(parse_cell("AB"), Err(CellError::NoRow));
    }

    #[test]
    fn rows_are_plain_numbers_from_one() {
        assert_eq!(parse_cell("A0"), Err(CellError::RowZero));
        for digits in ["01", "+1", "1x", "4294967296"] {
            let expected = CellError::BadRow(digits.to_string());
            assert_eq!(parse_cell(&format!("A{digits}")), Err(expected));
        }
    }
}
