//! family: frames
//! split: test

#[derive(Debug, PartialEq)]
pub enum FrameError {
    Header { at: usize },
    Body { at: usize, missing: usize },
    TooLong { at: usize, length: usize },
}

/// Splits a buffer into frames, each led by its length as two bytes, the higher first. A length
/// above `longest` is refused before the body is looked at.
pub fn split_frames(buffer: &[u8], longest: usize) -> Result<Vec<&[u8]>, FrameError> {
    let mut frames = Vec::new();
    let mut at = 0;
    while at < buffer.len() {
        let header = buffer.get(at..at + 2).ok_or(FrameError::Header { at })?;
        let length = usize::from(u16::from_be_bytes([header[0], header[1]]));
        if length > longest {
            return Err(FrameError::TooLong { at, length });
        }
        let end = at + 2 + length;
        let missing = end.saturating_sub(buffer.len());
        frames.push(
            buffer
                .get(at + 2..end)
                .ok_or(FrameError::Body { at, missing })?,
        );
        at = end;
    }
    Ok(frames)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frames_follow_one_another() {
        assert_eq!(
            split_frames(&[0, 2, 7, 8, 0, 0, 0, 1, 9], 9),
            Ok(vec![&[7, 8][..], &[], &[9]])
        );
        assert_eq!(split_frames(&[], 9), Ok(vec![]));
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(
            split_frames(&[0, 1, 5, 0], 9),
            Err(FrameError::Header { at: 3 })
        );
        let expected = FrameError::Body { at: 3, missing: 3 };
        assert_eq!(split_frames(&[0, 1, 5, 0, 4, 1], 9), Err(expected));
    }

    #[test]
    fn the_longest_frame_is_still_allowed() {
        assert_eq!(split_frames(&[0, 2, 1, 1], 2), Ok(vec![&[1, 1][..]]));
        // The length is refused although the body is missing too.
        let expected = FrameError::TooLong { at: 0, length: 259 };
        assert_eq!(split_frames(&[1, 3], 2), Err(expected));
    }

    proptest! {
        #[test]
        fn joined_frames_are_split_again(frames: Vec<Vec<u8>>) {
            let encode = |f: &Vec<u8>| [&(f.len() as u16).to_be_bytes()[..], f].concat();
            let buffer: Vec<u8> = frames.iter().flat_map(encode).collect();
            prop_assert_eq!(split_frames(&buffer, 65_535).unwrap(), frames);
        }
    }
}
