//! family: records
//! split: train

use std::error::Error;
use std::fmt;
use std::num::ParseIntError;

#[derive(Debug)]
pub enum RowError {
    Columns { line: usize, found: usize },
    Score { line: usize, source: ParseIntError },
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Columns { line, found } => write!(f, "line {line}: {found} columns, not 2"),
            Self::Score { line, .. } => write!(f, "line {line}: bad score"),
        }
    }
}

impl Error for RowError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Score { source, .. } => Some(source),
            Self::Columns { .. } => None,
        }
    }
}

/// Reads one name and score a line, separated by a tab; the lines are counted from one.
pub fn parse_scores(text: &str) -> Result<Vec<(String, i32)>, RowError> {
    let row = |(index, content): (usize, &str)| {
        let line = index + 1;
        let columns: Vec<&str> = content.split('\t').collect();
        let [name, score] = columns[..] else {
            return Err(RowError::Columns {
                line,
                found: columns.len(),
            });
        };
        let score = score
            .parse()
            .map_err(|source| RowError::Score { line, source })?;
        Ok((name.to_string(), score))
    };
    text.lines().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_name_and_a_score() {
        let rows = parse_scores("Ada\t90\nAlan Turing\t-1\n").unwrap();
        assert_eq!(
            rows,
            [("Ada".to_string(), 90), ("Alan Turing".to_string(), -1)]
        );
        assert!(parse_scores("").unwrap().is_empty());
    }

    #[test]
    fn a_wrong_number_of_columns_has_no_deeper_cause() {
        let error = parse_scores("a\t1\nb\t2\t3\nc").unwrap_err();
        assert_eq!(error.to_string(), "line 2: 3 columns, not 2");
        assert!(error.source().is_none());
    }

    #[test]
    fn a_bad_score_keeps_its_cause() {
        let error = parse_scores("a\tten").unwrap_err();
        assert_eq!(error.to_string(), "line 1: bad score");
        // The source is what the integer parser said.
        let cause = "ten".parse::<i32>().unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), cause.to_string());
    }
}
