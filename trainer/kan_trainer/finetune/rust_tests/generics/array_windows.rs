//! family: lazy-sequences
//! split: test

/// Slides a window of `N` items over an iterator.
pub struct ArrayWindows<I: Iterator, const N: usize> {
    inner: I,
    window: Option<[I::Item; N]>,
}

/// The windows of `items`; there are none where it has fewer than `N`.
pub fn array_windows<I, const N: usize>(mut items: I) -> ArrayWindows<I, N>
where
    I: Iterator,
    I::Item: Clone,
{
    let first: Vec<I::Item> = items.by_ref().take(N).collect();
    ArrayWindows {
        inner: items,
        window: first.try_into().ok(),
    }
}

impl<I, const N: usize> Iterator for ArrayWindows<I, N>
where
    I: Iterator,
    I::Item: Clone,
{
    type Item = [I::Item; N];

    fn next(&mut self) -> Option<Self::Item> {
        let current = self.window.take()?;
        if let Some(item) = self.inner.next() {
            let mut following = current.clone();
            following.rotate_left(1);
            following[N - 1] = item;
            self.window = Some(following);
        }
        Some(current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn windows_overlap_by_all_but_one() {
        let windows: Vec<[i32; 3]> = array_windows(1..=5).collect();
        assert_eq!(windows, [[1, 2, 3], [2, 3, 4], [3, 4, 5]]);
    }

    #[test]
    fn too_few_items_have_no_window() {
        assert_eq!(array_windows::<_, 3>("ab".chars()).next(), None);
        assert_eq!(array_windows::<_, 2>("ab".chars()).count(), 1);
    }

    #[test]
    fn windows_of_one_are_the_items() {
        // Nothing overlaps here, and nothing may be skipped.
        assert!(array_windows(["x", "y"].into_iter()).eq([["x"], ["y"]]));
    }

    #[test]
    fn an_endless_iterator_is_not_drained() {
        // Only the first window is read ahead.
        let rises = array_windows(0u64..).take(3).all(|[a, b]| a + 1 == b);
        assert!(rises);
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_windows_of_a_slice(items in prop::collection::vec(any::<u8>(), 0..15)) {
            let windows: Vec<[u8; 4]> = array_windows(items.iter().copied()).collect();
            prop_assert!(windows.iter().map(|w| &w[..]).eq(items.windows(4)));
        }
    }
}
