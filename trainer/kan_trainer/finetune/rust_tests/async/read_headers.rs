//! family: reading
//! split: test

use std::io::{Error, ErrorKind, Result};
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// Reads lines `name: value` up to an empty line or the end; names become lower case, blanks
/// around the value go. A line without a colon or without a name is an error that tells its
/// number.
pub async fn read_headers(reader: impl AsyncBufRead + Unpin) -> Result<Vec<(String, String)>> {
    let mut lines = reader.lines();
    let mut headers = Vec::new();
    while let Some(line) = lines.next_line().await? {
        if line.is_empty() {
            break;
        }
        match line.split_once(':') {
            Some((name, value)) if !name.is_empty() => {
                headers.push((name.to_ascii_lowercase(), value.trim().to_string()));
            }
            _ => {
                let message = format!("line {} is no header", headers.len() + 1);
                return Err(Error::new(ErrorKind::InvalidData, message));
            }
        }
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn headers(text: &str) -> Result<Vec<(String, String)>> {
        read_headers(text.as_bytes()).await
    }

    #[tokio::test]
    async fn names_are_lowered_and_values_trimmed() {
        let found = headers("Host:  example.org \nX-Id:7\n").await.unwrap();
        let expected = [("host", "example.org"), ("x-id", "7")];
        assert_eq!(found, expected.map(|(n, v)| (n.to_string(), v.to_string())));
    }

    #[tokio::test]
    async fn an_empty_line_ends_the_headers() {
        // What follows the empty line is not looked at.
        assert_eq!(headers("a: 1\r\n\r\nno header").await.unwrap().len(), 1);
        assert!(headers("").await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn only_the_first_colon_separates() {
        // A value may hold colons of its own.
        assert_eq!(headers("time: 10:30").await.unwrap()[0].1, "10:30");
    }

    #[tokio::test]
    async fn a_line_that_is_no_header_is_named() {
        assert_eq!(
            headers("a: 1\nb").await.unwrap_err().to_string(),
            "line 2 is no header"
        );
        // A colon alone has no name before it.
        assert_eq!(
            headers(": x").await.unwrap_err().to_string(),
            "line 1 is no header"
        );
    }
}
