//! family: adaptors
//! split: train

use std::iter::Peekable;

/// Puts a clone of a separator between the items of an iterator.
pub struct Intersperse<I: Iterator> {
    inner: Peekable<I>,
    separator: I::Item,
    separate_next: bool,
}

pub fn intersperse<I: Iterator>(items: I, separator: I::Item) -> Intersperse<I> {
    Intersperse {
        inner: items.peekable(),
        separator,
        separate_next: false,
    }
}

impl<I: Iterator> Iterator for Intersperse<I>
where
    I::Item: Clone,
{
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        if self.separate_next && self.inner.peek().is_some() {
            self.separate_next = false;
            return Some(self.separator.clone());
        }
        self.separate_next = true;
        self.inner.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_separator_stands_only_between() {
        let line: String = intersperse(["a", "b", "c"].into_iter(), ", ").collect();
        assert_eq!(line, "a, b, c");
    }

    #[test]
    fn a_single_item_needs_no_separator() {
        // Nothing stands on its other side.
        let items: Vec<i32> = intersperse([7].into_iter(), 0).collect();
        assert_eq!(items, [7]);
        assert_eq!(intersperse(std::iter::empty(), 0).next(), None);
    }

    proptest! {
        #[test]
        fn it_agrees_with_joining_strings(words in prop::collection::vec("[a-z]{0,3}", 0..8)) {
            let joined = words.join("-");
            let text: String = intersperse(words.iter().map(String::as_str), "-").collect();
            prop_assert_eq!(text, joined);
        }
    }
}
