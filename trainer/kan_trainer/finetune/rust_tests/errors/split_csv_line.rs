//! family: records
//! split: train

#[derive(Debug, PartialEq)]
pub enum CsvError {
    StrayQuote { column: usize },
    OpenQuote { column: usize },
}

/// Splits one line of comma-separated values. A cell in double quotes may hold commas, and holds a
/// quote as two; a quote inside a bare cell is an error.
pub fn split_csv_line(line: &str) -> Result<Vec<String>, CsvError> {
    let mut cells = Vec::new();
    let mut chars = line.chars().peekable();
    loop {
        let column = cells.len();
        let mut cell = String::new();
        if chars.next_if_eq(&'"').is_some() {
            loop {
                match chars.next().ok_or(CsvError::OpenQuote { column })? {
                    '"' if chars.next_if_eq(&'"').is_some() => cell.push('"'),
                    '"' => break,
                    c => cell.push(c),
                }
            }
        } else {
            while let Some(c) = chars.next_if(|&c| c != ',' && c != '"') {
                cell.push(c);
            }
        }
        cells.push(cell);
        match chars.next() {
            None => return Ok(cells),
            Some(',') => {}
            Some(_) => return Err(CsvError::StrayQuote { column }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(line: &str) -> Vec<String> {
        split_csv_line(line).unwrap()
    }

    #[test]
    fn commas_part_the_cells() {
        assert_eq!(cells("a,b c,"), ["a", "b c", ""]);
        // Even an empty line has one empty cell.
        assert_eq!(cells(""), [""]);
    }

    #[test]
    fn quotes_protect_commas_and_doubled_quotes() {
        assert_eq!(
            cells("\"a,b\",\"say \"\"hi\"\"\",\"\""),
            ["a,b", "say \"hi\"", ""]
        );
    }

    #[test]
    fn a_quote_belongs_around_the_whole_cell() {
        assert_eq!(
            split_csv_line("a,b\"c\""),
            Err(CsvError::StrayQuote { column: 1 })
        );
        assert_eq!(
            split_csv_line("\"a\"b,c"),
            Err(CsvError::StrayQuote { column: 0 })
        );
    }

    #[test]
    fn an_open_quote_is_an_error() {
        assert_eq!(
            split_csv_line("a,b,\"c,d"),
            Err(CsvError::OpenQuote { column: 2 })
        );
    }

    proptest! {
        #[test]
        fn quoted_cells_are_read_back(row in prop::collection::vec("[a,\"]{0,5}", 1..5)) {
            let quote = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let line = row.iter().map(quote).collect::<Vec<_>>().join(",");
            prop_assert_eq!(split_csv_line(&line), Ok(row));
        }
    }
}
