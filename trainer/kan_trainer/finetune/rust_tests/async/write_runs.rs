//! family: writing
//! split: train

use std::io::Result;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Writes bytes as pairs of a count and a value, with at most 255 equal bytes a pair.
pub async fn write_runs(writer: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<()> {
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let equal = rest.iter().take(255).take_while(|byte| *byte == first);
        let count = equal.count();
        writer.write_all(&[count as u8, *first]).await?;
        rest = &rest[count..];
    }
    writer.flush().await
}

/// Reads such pairs back; a last count without its value is ignored.
pub async fn read_runs(mut pairs: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut pair = [0; 2];
    while pairs.read_exact(&mut pair).await.is_ok() {
        bytes.resize(bytes.len() + usize::from(pair[0]), pair[1]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn runs(bytes: &[u8]) -> Vec<u8> {
        let mut output = Vec::new();
        write_runs(&mut output, bytes).await.unwrap();
        output
    }

    #[tokio::test]
    async fn equal_neighbours_become_one_pair() {
        assert_eq!(runs(b"aaabcc").await, [3, b'a', 1, b'b', 2, b'c']);
        assert!(runs(b"").await.is_empty());
    }

    #[tokio::test]
    async fn a_long_run_is_split() {
        // The count has to fit into a byte.
        assert_eq!(runs(&[7; 256]).await, [255, 7, 1, 7]);
        assert_eq!(runs(&[7; 255]).await, [255, 7]);
    }

    #[tokio::test]
    async fn a_count_without_a_value_is_ignored() {
        assert_eq!(read_runs(&[2, 9, 5]).await, [9, 9]);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(bytes in prop::collection::vec(0u8..3, 0..40)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let read = runtime.block_on(async { read_runs(&runs(&bytes).await).await });
            prop_assert_eq!(read, bytes);
        }
    }
}
