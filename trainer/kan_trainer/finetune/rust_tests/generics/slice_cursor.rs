//! family: cursors
//! split: train

/// A place in a slice, from which its items are read one by one or in runs.
pub struct Cursor<'a, T> {
    rest: &'a [T],
}

impl<'a, T> Cursor<'a, T> {
    pub fn new(items: &'a [T]) -> Self {
        Cursor { rest: items }
    }

    /// The next item, which is not passed by.
    pub fn peek(&self) -> Option<&'a T> {
        self.rest.first()
    }

    /// Passes by the longest run of items that `keep` accepts and returns it.
    pub fn take_while<F>(&mut self, keep: F) -> &'a [T]
    where
        F: Fn(&T) -> bool,
    {
        let length = self.rest.iter().take_while(|item| keep(item)).count();
        let (run, rest) = self.rest.split_at(length);
        self.rest = rest;
        run
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peeking_does_not_move_the_cursor() {
        let cursor = Cursor::new(&[1, 2]);
        assert_eq!(cursor.peek(), Some(&1));
        assert_eq!(cursor.peek(), Some(&1));
    }

    #[test]
    fn runs_follow_one_another() {
        let mut cursor = Cursor::new(b"12ab");
        assert_eq!(cursor.take_while(u8::is_ascii_digit), b"12");
        assert_eq!(cursor.peek(), Some(&b'a'));
        // No digit is next: the run is empty and nothing moves.
        assert_eq!(cursor.take_while(u8::is_ascii_digit), b"");
        assert_eq!(cursor.take_while(u8::is_ascii_alphabetic), b"ab");
        assert_eq!(cursor.peek(), None);
    }

    #[test]
    fn a_run_outlives_its_cursor() {
        // It borrows from the slice, not from the cursor.
        let items = [3, 4, 50];
        let run = Cursor::new(&items).take_while(|n| *n < 10);
        assert_eq!(run, [3, 4]);
    }
}
