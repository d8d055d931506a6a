//! family: writing
//! split: train

use std::io::Result;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Writes lines of four bytes: their offset, their hexadecimal values, and the printable ones as
/// characters, a dot for the others. Returns the number of lines.
pub async fn hex_dump(writer: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<usize> {
    let mut lines = 0;
    for chunk in bytes.chunks(4) {
        let values: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
        let text: String = chunk
            .iter()
            .map(|byte| match byte {
                b' '..=b'~' => char::from(*byte),
                _ => '.',
            })
            .collect();
        let line = format!("{:04x}  {:<11}  {text}\n", lines * 4, values.join(" "));
        writer.write_all(line.as_bytes()).await?;
        lines += 1;
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn dump(bytes: &[u8]) -> (String, usize) {
        let mut output = Vec::new();
        let lines = hex_dump(&mut output, bytes).await.unwrap();
        (String::from_utf8(output).unwrap(), lines)
    }

    #[tokio::test]
    async fn a_full_line_and_a_short_one_are_aligned() {
        let expected = "0000  48 65 6c 6c  Hell\n0004  6f           o\n";
        assert_eq!(dump(b"Hello").await, (expected.to_string(), 2));
    }

    #[tokio::test]
    async fn only_printable_characters_are_shown() {
        // A blank and a tilde are the first and the last printable ones.
        let (text, _) = dump(&[0x1f, 0x20, 0x7e, 0x7f]).await;
        assert_eq!(text, "0000  1f 20 7e 7f  . ~.\n");
    }

    #[tokio::test]
    async fn no_bytes_make_no_lines() {
        assert_eq!(dump(&[]).await, (String::new(), 0));
    }

    proptest! {
        #[test]
        fn every_four_bytes_make_a_line(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (text, lines) = runtime.block_on(dump(&bytes));
            prop_assert_eq!(lines, bytes.len().div_ceil(4));
            prop_assert_eq!(text.lines().count(), lines);
        }
    }
}
