//! family: writing
//! split: train

use std::io::Result;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Writes `body` in chunks of at most `size` bytes, each after its length in hexadecimal, and a
/// chunk of length zero as the end. Returns the number of chunks, the end not counted.
pub async fn write_chunked(
    writer: &mut (impl AsyncWrite + Unpin),
    body: &[u8],
    size: usize,
) -> Result<usize> {
    let mut count = 0;
    for chunk in body.chunks(size.max(1)) {
        writer
            .write_all(format!("{:x}\r\n", chunk.len()).as_bytes())
            .await?;
        writer.write_all(chunk).await?;
        writer.write_all(b"\r\n").await?;
        count += 1;
    }
    writer.write_all(b"0\r\n\r\n").await?;
    writer.flush().await?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn written(body: &str, size: usize) -> (String, usize) {
        let mut output = Vec::new();
        let count = write_chunked(&mut output, body.as_bytes(), size)
            .await
            .unwrap();
        (String::from_utf8(output).unwrap(), count)
    }

    #[tokio::test]
    async fn an_empty_body_is_only_the_end() {
        // A chunk of length zero would end the body too early.
        assert_eq!(written("", 8).await, ("0\r\n\r\n".to_string(), 0));
    }

    #[tokio::test]
    async fn the_last_chunk_may_be_shorter() {
        let expected = "2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n";
        assert_eq!(written("abcde", 2).await, (expected.to_string(), 3));
    }

    #[tokio::test]
    async fn lengths_are_hexadecimal() {
        let body = "x".repeat(26);
        assert_eq!(
            written(&body, 100).await.0,
            format!("1a\r\n{body}\r\n0\r\n\r\n")
        );
    }

    proptest! {
        #[test]
        fn a_size_of_zero_counts_as_one(body in "[a-z]{0,20}") {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let zero = runtime.block_on(written(&body, 0));
            let one = runtime.block_on(written(&body, 1));
            prop_assert_eq!(&zero, &one);
            prop_assert_eq!(zero.1, body.len());
        }
    }
}
