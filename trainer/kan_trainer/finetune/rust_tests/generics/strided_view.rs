//! family: slice-views
//! split: test

/// Every `stride`th item of a slice, seen without copying.
#[derive(Clone, Copy, Debug)]
pub struct StridedView<'a, T> {
    items: &'a [T],
    stride: usize,
}

impl<'a, T> StridedView<'a, T> {
    /// `None` where the stride is zero.
    pub fn new(items: &'a [T], stride: usize) -> Option<Self> {
        (stride > 0).then_some(StridedView { items, stride })
    }

    /// The number of items seen.
    pub fn count(&self) -> usize {
        self.items.len().div_ceil(self.stride)
    }

    pub fn get(&self, index: usize) -> Option<&'a T> {
        self.items.get(index.checked_mul(self.stride)?)
    }

    /// The view without its first `skipped` items.
    pub fn skip(self, skipped: usize) -> Self {
        let from = skipped.saturating_mul(self.stride).min(self.items.len());
        StridedView {
            items: &self.items[from..],
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_third_item_is_seen() {
        // Seven items: the third one seen is the last of all.
        let view = StridedView::new(&[0, 1, 2, 3, 4, 5, 6], 3).unwrap();
        assert_eq!(view.count(), 3);
        assert_eq!(view.get(1), Some(&3));
        assert_eq!(view.get(2), Some(&6));
        assert_eq!(view.get(3), None);
    }

    #[test]
    fn a_stride_of_zero_is_no_view() {
        assert!(StridedView::new(&[1, 2], 0).is_none());
        assert!(StridedView::new(&[1, 2], 1).is_some());
    }

    #[test]
    fn huge_numbers_do_not_overflow() {
        let view = StridedView::new(b"abc", 2).unwrap();
        assert_eq!(view.get(usize::MAX), None);
        assert_eq!(view.skip(usize::MAX).count(), 0);
    }

    proptest! {
        #[test]
        fn it_agrees_with_step_by(items in prop::collection::vec(any::<u8>(), 0..20), stride in 1usize..6, skipped in 0usize..8) {
            let view = StridedView::new(&items, stride).unwrap().skip(skipped);
            let expected: Vec<&u8> = items.iter().step_by(stride).skip(skipped).collect();
            prop_assert_eq!(view.count(), expected.len());
            for at in 0..=expected.len() {
                prop_assert_eq!(view.get(at), expected.get(at).copied());
            }
        }
    }
}
