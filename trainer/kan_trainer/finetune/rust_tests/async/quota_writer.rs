//! family: writing
//! split: train

use std::io::{Error, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::AsyncWrite;

/// Keeps at most `quota` bytes in memory; a write beyond it is cut, and one with no room left
/// is an error.
pub struct QuotaWriter {
    pub kept: Vec<u8>,
    pub quota: usize,
}

impl AsyncWrite for QuotaWriter {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let room = self.quota - self.kept.len();
        if room == 0 && !bytes.is_empty() {
            return Poll::Ready(Err(Error::other("quota exceeded")));
        }
        let written = bytes.len().min(room);
        self.kept.extend(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::io::AsyncWriteExt;

    fn writer(quota: usize) -> QuotaWriter {
        QuotaWriter {
            kept: Vec::new(),
            quota,
        }
    }

    #[tokio::test]
    async fn a_write_that_is_too_long_is_cut() {
        let mut writer = writer(4);
        assert_eq!(writer.write(b"abc").await.unwrap(), 3);
        assert_eq!(writer.write(b"def").await.unwrap(), 1);
        assert_eq!(writer.kept, b"abcd");
    }

    #[tokio::test]
    async fn a_full_writer_refuses_all_but_nothing() {
        let mut writer = writer(0);
        assert_eq!(
            writer.write(b"x").await.unwrap_err().to_string(),
            "quota exceeded"
        );
        // To write nothing is always possible.
        assert_eq!(writer.write(b"").await.unwrap(), 0);
        assert!(writer.flush().await.is_ok() && writer.shutdown().await.is_ok());
    }

    proptest! {
        #[test]
        fn it_succeeds_exactly_within_the_quota(
            bytes in prop::collection::vec(any::<u8>(), 0..20),
            quota in 0usize..20,
        ) {
            let mut writer = writer(quota);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let result = runtime.block_on(writer.write_all(&bytes));
            prop_assert_eq!(result.is_ok(), bytes.len() <= quota);
            prop_assert_eq!(&writer.kept, &bytes[..quota.min(bytes.len())]);
        }
    }
}
