//! family: reading
//! split: test

use std::io::Result;
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// Finds the longest line and returns its number from 1 and its length in characters, the line
/// break not counted; of equals the first. `None` for an input without a line.
pub async fn longest_line(mut reader: impl AsyncBufRead + Unpin) -> Result<Option<(usize, usize)>> {
    let mut longest = None;
    let mut number = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).await? > 0 {
        number += 1;
        let length = line.trim_end_matches(['\r', '\n']).chars().count();
        if longest.is_none_or(|(_, most)| length > most) {
            longest = Some((number, length));
        }
        line.clear();
    }
    Ok(longest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn longest(text: &str) -> Option<(usize, usize)> {
        longest_line(text.as_bytes()).await.unwrap()
    }

    #[tokio::test]
    async fn line_breaks_do_not_count() {
        assert_eq!(longest("ab\r\nabc").await, Some((2, 3)));
        assert_eq!(longest("\n\n").await, Some((1, 0)));
    }

    #[tokio::test]
    async fn of_equal_lines_the_first_is_named() {
        assert_eq!(longest("a\nbb\ncc\nd").await, Some((2, 2)));
    }

    #[tokio::test]
    async fn characters_are_counted_and_not_bytes() {
        // The first line has more bytes, the second more characters.
        assert_eq!(longest("ßßß\nabcd\n").await, Some((2, 4)));
    }

    #[tokio::test]
    async fn an_input_without_lines_has_no_longest() {
        assert_eq!(longest("").await, None);
    }

    proptest! {
        #[test]
        fn no_line_is_longer(lines in prop::collection::vec("[a-z]{0,9}", 1..8)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (number, length) = runtime.block_on(longest(&(lines.join("\n") + "\n"))).unwrap();
            prop_assert_eq!(lines[number - 1].len(), length);
            prop_assert!(lines.iter().all(|line| line.len() <= length));
            prop_assert!(lines[..number - 1].iter().all(|line| line.len() < length));
        }
    }
}
