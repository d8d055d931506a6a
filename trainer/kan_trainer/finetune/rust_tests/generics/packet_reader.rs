//! family: checked-wrappers
//! split: test

/// A length byte comes next.
pub struct Header;

/// So many bytes come next.
pub struct Body {
    length: usize,
}

/// Reads packets of a length byte and that many bytes; the type says which of the two comes next.
pub struct PacketReader<'a, Next> {
    bytes: &'a [u8],
    next: Next,
}

impl<'a> PacketReader<'a, Header> {
    pub fn new(bytes: &'a [u8]) -> Self {
        PacketReader {
            bytes,
            next: Header,
        }
    }

    /// Reads the length; `None` at the end of the bytes.
    pub fn header(self) -> Option<PacketReader<'a, Body>> {
        let (&length, bytes) = self.bytes.split_first()?;
        let length = usize::from(length);
        Some(PacketReader {
            bytes,
            next: Body { length },
        })
    }
}

impl<'a> PacketReader<'a, Body> {
    /// The body and the reader of the next packet; where bytes are missing, how many.
    pub fn body(self) -> Result<(&'a [u8], PacketReader<'a, Header>), usize> {
        match self.bytes.split_at_checked(self.next.length) {
            Some((body, rest)) => Ok((body, PacketReader::new(rest))),
            None => Err(self.next.length - self.bytes.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_all(bytes: &[u8]) -> Result<Vec<&[u8]>, usize> {
        let mut bodies = Vec::new();
        let mut reader = PacketReader::new(bytes);
        while let Some(next) = reader.header() {
            let (body, rest) = next.body()?;
            bodies.push(body);
            reader = rest;
        }
        Ok(bodies)
    }

    #[test]
    fn packets_follow_one_another() {
        assert_eq!(read_all(&[2, 7, 8, 1, 9]).unwrap(), [&[7, 8][..], &[9]]);
    }

    #[test]
    fn a_packet_may_be_empty() {
        // A body of no bytes is not the end.
        assert_eq!(read_all(&[0, 0]).unwrap(), [&[][..], &[]]);
        assert!(read_all(&[]).unwrap().is_empty());
    }

    #[test]
    fn missing_bytes_are_counted() {
        assert_eq!(read_all(&[1, 5, 4, 1]), Err(3));
        // All but the length byte may be missing.
        assert_eq!(read_all(&[255]), Err(255));
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 0..6)) {
            let mut bytes = Vec::new();
            for body in &bodies {
                bytes.push(body.len() as u8);
                bytes.extend(body);
            }
            prop_assert_eq!(read_all(&bytes).unwrap(), bodies);
        }
    }
}
