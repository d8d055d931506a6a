//! family: bounded
//! split: train

/// A write of `needed` bytes found only `free` ones.
#[derive(Debug, PartialEq)]
pub struct NoRoom {
    pub needed: usize,
    pub free: usize,
}

/// Writes values one after another into a borrowed buffer.
pub struct Writer<'a> {
    buffer: &'a mut [u8],
    at: usize,
}

impl<'a> Writer<'a> {
    pub fn new(buffer: &'a mut [u8]) -> Self {
        Writer { buffer, at: 0 }
    }

    /// Writes all of the bytes or, where they do not fit, none.
    pub fn write(&mut self, bytes: &[u8]) -> Result<&mut Self, NoRoom> {
        let (needed, free) = (bytes.len(), self.buffer.len() - self.at);
        if needed > free {
            return Err(NoRoom { needed, free });
        }
        self.buffer[self.at..self.at + needed].copy_from_slice(bytes);
        self.at += needed;
        Ok(self)
    }

    /// Writes a text behind its length, a byte; both or none of them.
    pub fn write_text(&mut self, text: &str) -> Result<&mut Self, NoRoom> {
        let (needed, free) = (text.len() + 1, self.buffer.len() - self.at);
        let length = u8::try_from(text.len()).ok().filter(|_| needed <= free);
        let length = length.ok_or(NoRoom { needed, free })?;
        self.write(&[length])?.write(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_follow_one_another() {
        let mut buffer = [0; 6];
        let mut writer = Writer::new(&mut buffer);
        assert!(writer.write(&[9]).and_then(|w| w.write_text("ab")).is_ok());
        writer.write(&[7, 8]).unwrap();
        assert_eq!(buffer, [9, 2, b'a', b'b', 7, 8]);
    }

    #[test]
    fn what_does_not_fit_is_not_written_in_part() {
        let mut buffer = [0; 3];
        let mut writer = Writer::new(&mut buffer);
        writer.write(&[1]).unwrap();
        assert_eq!(
            writer.write(&[2, 3, 4]).err(),
            Some(NoRoom { needed: 3, free: 2 })
        );
        // Without its length byte this text would have fitted.
        assert_eq!(
            writer.write_text("ab").err(),
            Some(NoRoom { needed: 3, free: 2 })
        );
        assert!(writer.write_text("a").is_ok());
        assert_eq!(buffer, [1, 1, b'a']);
    }

    #[test]
    fn a_length_fits_one_byte() {
        let mut buffer = [0; 300];
        let mut writer = Writer::new(&mut buffer);
        let error = writer.write_text(&"x".repeat(256)).err();
        assert_eq!(
            error,
            Some(NoRoom {
                needed: 257,
                free: 300
            })
        );
        assert!(writer.write_text(&"x".repeat(255)).is_ok());
    }
}
