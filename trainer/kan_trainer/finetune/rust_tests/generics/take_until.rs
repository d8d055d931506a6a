//! family: adaptors
//! split: train

/// Yields items up to the first that satisfies a predicate, and that one too.
pub struct TakeUntil<I, P> {
    inner: I,
    stop: P,
    done: bool,
}

/// Adds `take_until` to every iterator.
pub trait TakeUntilExt: Iterator + Sized {
    fn take_until<P: FnMut(&Self::Item) -> bool>(self, stop: P) -> TakeUntil<Self, P> {
        TakeUntil {
            inner: self,
            stop,
            done: false,
        }
    }
}

impl<I: Iterator> TakeUntilExt for I {}

impl<I: Iterator, P: FnMut(&I::Item) -> bool> Iterator for TakeUntil<I, P> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        if self.done {
            return None;
        }
        let item = self.inner.next()?;
        self.done = (self.stop)(&item);
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_item_that_stops_is_included() {
        let taken: Vec<i32> = [1, 2, 9, 3].into_iter().take_until(|n| *n > 5).collect();
        assert_eq!(taken, [1, 2, 9]);
    }

    #[test]
    fn without_a_stop_everything_is_taken() {
        // The end of the items is the end.
        let taken: String = "abc".chars().take_until(|c| *c == 'z').collect();
        assert_eq!(taken, "abc");
    }

    #[test]
    fn nothing_more_is_drawn_after_the_stop() {
        // What lies behind the stop is left for the next reader.
        let mut source = 1..=6;
        assert_eq!(source.by_ref().take_until(|n| n % 3 == 0).sum::<i32>(), 6);
        assert_eq!(source.next(), Some(4));
    }
}
