//! family: adaptors
//! split: train

/// Takes items in turn from two iterators; when one ends, the rest of the other follows.
pub struct Interleave<A, B> {
    left: A,
    right: B,
    right_is_next: bool,
}

pub fn interleave<A, B>(left: A, right: B) -> Interleave<A::IntoIter, B::IntoIter>
where
    A: IntoIterator,
    B: IntoIterator<Item = A::Item>,
{
    Interleave {
        left: left.into_iter(),
        right: right.into_iter(),
        right_is_next: false,
    }
}

impl<A: Iterator, B: Iterator<Item = A::Item>> Iterator for Interleave<A, B> {
    type Item = A::Item;

    fn next(&mut self) -> Option<A::Item> {
        self.right_is_next = !self.right_is_next;
        if self.right_is_next {
            self.left.next().or_else(|| self.right.next())
        } else {
            self.right.next().or_else(|| self.left.next())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_left_side_begins() {
        assert!(interleave([1, 3, 5], [2, 4, 6]).eq(1..=6));
    }

    #[test]
    fn the_longer_side_finishes_alone() {
        // An Option is an iterator of at most one item.
        assert!(interleave([1], [2, 3, 4]).eq([1, 2, 3, 4]));
        assert!(interleave(vec![1, 3, 4], Some(2)).eq([1, 2, 3, 4]));
    }

    #[test]
    fn an_empty_side_is_no_end() {
        // The very first item has to come from the right here.
        assert!(interleave("".chars(), "xy".chars()).eq("xy".chars()));
        assert!(interleave("xy".chars(), "".chars()).eq("xy".chars()));
    }

    proptest! {
        #[test]
        fn nothing_is_lost(left in prop::collection::vec(0u8..9, 0..9), right in prop::collection::vec(10u8..19, 0..9)) {
            let mixed: Vec<u8> = interleave(left.clone(), right.clone()).collect();
            let (low, high): (Vec<u8>, Vec<u8>) = mixed.into_iter().partition(|n| *n < 10);
            prop_assert_eq!((low, high), (left, right));
        }
    }
}
