//! family: reading
//! split: test

use std::io::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Copies at most `limit` bytes and returns how many, and whether the input had more.
pub async fn copy_at_most(
    mut reader: impl AsyncRead + Unpin,
    mut writer: impl AsyncWrite + Unpin,
    limit: usize,
) -> Result<(usize, bool)> {
    let mut buffer = [0; 16];
    let mut copied = 0;
    loop {
        let read = reader.read(&mut buffer).await?;
        let kept = read.min(limit - copied);
        writer.write_all(&buffer[..kept]).await?;
        copied += kept;
        if kept < read || read == 0 {
            writer.flush().await?;
            return Ok((copied, kept < read));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn copy(text: &str, limit: usize) -> (String, usize, bool) {
        let mut output = Vec::new();
        let (copied, more) = copy_at_most(text.as_bytes(), &mut output, limit)
            .await
            .unwrap();
        (String::from_utf8(output).unwrap(), copied, more)
    }

    #[tokio::test]
    async fn a_short_input_is_copied_whole() {
        assert_eq!(copy("abc", 10).await, ("abc".to_string(), 3, false));
        assert_eq!(copy("", 10).await, (String::new(), 0, false));
    }

    #[tokio::test]
    async fn what_exceeds_the_limit_is_cut() {
        // With no room at all there is still more to be told.
        assert_eq!(copy("abcdef", 4).await, ("abcd".to_string(), 4, true));
        assert_eq!(copy("abc", 0).await, (String::new(), 0, true));
    }

    #[tokio::test]
    async fn an_input_as_long_as_the_limit_has_no_more() {
        // Just as long as the buffer, and longer.
        for length in [16, 40] {
            let text = "x".repeat(length);
            assert_eq!(copy(&text, length).await, (text, length, false));
        }
    }

    proptest! {
        #[test]
        fn the_output_is_the_start_of_the_input(text in "[a-z]{0,60}", limit in 0usize..70) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (output, copied, more) = runtime.block_on(copy(&text, limit));
            prop_assert_eq!(copied, text.len().min(limit));
            prop_assert_eq!(&output, &text[..copied]);
            prop_assert_eq!(more, text.len() > limit);
        }
    }
}
