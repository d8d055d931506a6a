//! family: reading
//! split: test

use std::io::{Error, ErrorKind, Result};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Reads a number of up to 32 bits, stored seven bits a byte with the lowest first; the top bit
/// tells that another byte follows.
pub async fn read_varint(reader: &mut (impl AsyncRead + Unpin)) -> Result<u32> {
    let mut value = 0u32;
    for shift in (0..35).step_by(7) {
        let byte = reader.read_u8().await?;
        let bits = u32::from(byte & 0x7f);
        if shift == 28 && bits > 0xf {
            break;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Error::new(ErrorKind::InvalidData, "more than 32 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn read(mut bytes: &[u8]) -> Result<u32> {
        read_varint(&mut bytes).await
    }

    fn encode(mut value: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value > 127 {
            bytes.push(value as u8 | 128);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    #[tokio::test]
    async fn small_and_large_numbers_are_read() {
        assert_eq!(read(&[0]).await.unwrap(), 0);
        assert_eq!(read(&[0x7f]).await.unwrap(), 127);
        assert_eq!(read(&[0xac, 0x02]).await.unwrap(), 300);
        assert_eq!(
            read(&[0xff, 0xff, 0xff, 0xff, 0x0f]).await.unwrap(),
            u32::MAX
        );
    }

    #[tokio::test]
    async fn more_than_32_bits_are_refused() {
        // The fifth byte has room for four bits, and no sixth one may follow.
        for bytes in [
            [0xff, 0xff, 0xff, 0xff, 0x10],
            [0x80, 0x80, 0x80, 0x80, 0x81],
        ] {
            let error = read(&bytes).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidData);
        }
    }

    #[tokio::test]
    async fn a_number_that_is_cut_off_is_an_error() {
        assert_eq!(
            read(&[0x80]).await.unwrap_err().kind(),
            ErrorKind::UnexpectedEof
        );
    }

    proptest! {
        #[test]
        fn every_number_survives_the_way(value in any::<u32>()) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            prop_assert_eq!(runtime.block_on(read(&encode(value))).unwrap(), value);
        }
    }
}
