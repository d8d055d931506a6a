//! family: reading
//! split: test

use std::io::Result;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Reads to the end and returns the Fletcher-16 checksum of the bytes and their number.
pub async fn fletcher16(mut reader: impl AsyncRead + Unpin) -> Result<(u16, usize)> {
    let (mut low, mut high) = (0u16, 0u16);
    let mut total = 0;
    let mut buffer = [0; 64];
    loop {
        let read = reader.read(&mut buffer).await?;
        if read == 0 {
            return Ok(((high << 8) + low, total));
        }
        for byte in &buffer[..read] {
            low = (low + u16::from(*byte)) % 255;
            high = (high + low) % 255;
        }
        total += read;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::io::AsyncWriteExt;

    #[tokio::test]
    async fn the_known_checksums_come_out() {
        assert_eq!(fletcher16(&b"abcde"[..]).await.unwrap(), (0xc8f0, 5));
        assert_eq!(fletcher16(&b"abcdefgh"[..]).await.unwrap(), (0x0627, 8));
    }

    #[tokio::test]
    async fn an_empty_input_has_the_checksum_zero() {
        assert_eq!(fletcher16(tokio::io::empty()).await.unwrap(), (0, 0));
    }

    #[tokio::test]
    async fn the_order_of_the_bytes_matters() {
        // A plain sum would not tell these two apart.
        let sums = (
            fletcher16(&b"ab"[..]).await.unwrap(),
            fletcher16(&b"ba"[..]).await.unwrap(),
        );
        assert_ne!(sums.0, sums.1);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_bytes_are_cut(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            room in 1usize..80,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (whole, cut) = runtime.block_on(async {
                let (mut writer, reader) = tokio::io::duplex(room);
                let sending = async {
                    writer.write_all(&bytes).await.unwrap();
                    drop(writer);
                };
                let (cut, ()) = tokio::join!(fletcher16(reader), sending);
                (fletcher16(&bytes[..]).await.unwrap(), cut.unwrap())
            });
            prop_assert_eq!(whole, cut);
            prop_assert_eq!(whole.1, bytes.len());
        }
    }
}
