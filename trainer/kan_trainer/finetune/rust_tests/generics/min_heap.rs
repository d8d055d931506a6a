//! family: trees
//! split: test

/// A binary heap whose least item is always at hand.
#[derive(Default)]
pub struct MinHeap<T> {
    items: Vec<T>,
}

impl<T: PartialOrd> MinHeap<T> {
    pub fn push(&mut self, item: T) {
        self.items.push(item);
        let mut at = self.items.len() - 1;
        while at > 0 && self.items[at] < self.items[(at - 1) / 2] {
            self.items.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    /// Takes the least item out.
    pub fn pop(&mut self) -> Option<T> {
        let last = self.items.len().checked_sub(1)?;
        self.items.swap(0, last);
        let least = self.items.pop();
        let mut at = 0;
        while let Some(child) = self
            .lesser_child(at)
            .filter(|&c| self.items[c] < self.items[at])
        {
            self.items.swap(at, child);
            at = child;
        }
        least
    }

    fn lesser_child(&self, at: usize) -> Option<usize> {
        let (left, right) = (2 * at + 1, 2 * at + 2);
        if right < self.items.len() && self.items[right] < self.items[left] {
            return Some(right);
        }
        (left < self.items.len()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drained<T: PartialOrd>(items: impl IntoIterator<Item = T>) -> Vec<T> {
        let mut heap = MinHeap { items: Vec::new() };
        items.into_iter().for_each(|item| heap.push(item));
        std::iter::from_fn(|| heap.pop()).collect()
    }

    #[test]
    fn items_come_out_from_the_least() {
        assert_eq!(drained([3, 1, 2, 1]), [1, 1, 2, 3]);
    }

    #[test]
    fn an_empty_heap_gives_nothing() {
        // There is no last item to put in the place of the first.
        assert_eq!(MinHeap::<u8>::default().pop(), None);
    }

    #[test]
    fn the_least_item_is_on_top_at_once() {
        let mut heap = MinHeap::default();
        for item in [5.0, 4.0, 3.0, 2.0, 1.0] {
            heap.push(item);
            // Falling items have to climb all the way.
            assert_eq!(heap.items[0], item);
        }
    }

    proptest! {
        #[test]
        fn draining_it_sorts(items in prop::collection::vec(any::<i8>(), 0..40)) {
            let mut sorted = items.clone();
            sorted.sort_unstable();
            prop_assert_eq!(drained(items), sorted);
        }

        #[test]
        fn no_parent_exceeds_its_children(items in prop::collection::vec(any::<i8>(), 0..40)) {
            let mut heap = MinHeap::default();
            for item in items {
                heap.push(item);
                prop_assert!((1..heap.items.len()).all(|at| heap.items[(at - 1) / 2] <= heap.items[at]));
            }
        }
    }
}
