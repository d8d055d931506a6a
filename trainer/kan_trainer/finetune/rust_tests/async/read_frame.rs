//! family: reading
//! split: test

use std::io::{Error, ErrorKind, Result};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Reads one frame: its length in two bytes, the higher one first, and then so many bytes.
/// `None` at the end of the input; a frame longer than `limit` is an error.
pub async fn read_frame(
    reader: &mut (impl AsyncRead + Unpin),
    limit: usize,
) -> Result<Option<Vec<u8>>> {
    let mut header = [0; 2];
    if reader.read(&mut header[..1]).await? == 0 {
        return Ok(None);
    }
    reader.read_exact(&mut header[1..]).await?;
    let length = usize::from(u16::from_be_bytes(header));
    if length > limit {
        let message = format!("a frame of {length} bytes, more than {limit}");
        return Err(Error::new(ErrorKind::InvalidData, message));
    }
    let mut frame = vec![0; length];
    reader.read_exact(&mut frame).await?;
    Ok(Some(frame))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[tokio::test]
    async fn frames_follow_each_other_up_to_the_end() {
        // The second frame is empty, which is not the end.
        let mut input: &[u8] = &[0, 2, b'h', b'i', 0, 0];
        assert_eq!(read_frame(&mut input, 9).await.unwrap().unwrap(), b"hi");
        assert_eq!(read_frame(&mut input, 9).await.unwrap().unwrap(), b"");
        assert_eq!(read_frame(&mut input, 9).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_frame_may_be_as_long_as_the_limit() {
        assert!(read_frame(&mut &[0, 1, 7][..], 1).await.is_ok());
        let error = read_frame(&mut &[1, 1, 7][..], 256).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(error.to_string(), "a frame of 257 bytes, more than 256");
    }

    #[tokio::test]
    async fn a_torn_frame_is_no_end() {
        // Torn within the header, and within the bytes.
        for mut torn in [&[0][..], &[0, 3, 1, 2]] {
            let error = read_frame(&mut torn, 9).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        }
    }

    proptest! {
        #[test]
        fn what_was_framed_is_read_again(body in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut input = (body.len() as u16).to_be_bytes().to_vec();
            input.extend(&body);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let frame = runtime.block_on(read_frame(&mut &input[..], 400)).unwrap();
            prop_assert_eq!(frame, Some(body));
        }
    }
}
