//! family: operators
//! split: train

use std::ops::{Index, IndexMut};

/// Items in a circle: an index may be negative or beyond the end, and counts on round it.
pub struct Circle<T>(Vec<T>);

impl<T> Circle<T> {
    /// `None` where there are no items, since nothing could be indexed then.
    pub fn of(items: Vec<T>) -> Option<Self> {
        (!items.is_empty()).then_some(Circle(items))
    }

    fn place(&self, index: isize) -> usize {
        index.rem_euclid(self.0.len() as isize) as usize
    }
}

impl<T> Index<isize> for Circle<T> {
    type Output = T;

    fn index(&self, index: isize) -> &T {
        &self.0[self.place(index)]
    }
}

impl<T> IndexMut<isize> for Circle<T> {
    fn index_mut(&mut self, index: isize) -> &mut T {
        let place = self.place(index);
        &mut self.0[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn minus_one_is_the_last_item() {
        // Three is one full turn, five nearly two.
        let days = Circle::of(vec!["mon", "tue", "wed"]).unwrap();
        assert_eq!(days[-1], "wed");
        assert_eq!(days[0], "mon");
        assert_eq!(days[3], "mon");
        assert_eq!(days[5], "wed");
    }

    #[test]
    fn an_item_may_be_changed_from_either_side() {
        let mut circle = Circle::of(vec![1, 2, 3]).unwrap();
        circle[-2] += 10;
        circle[4] += 100;
        assert_eq!(circle[1], 112);
        assert_eq!(circle[0], 1);
    }

    #[test]
    fn a_circle_has_at_least_one_item() {
        assert!(Circle::<u8>::of(vec![]).is_none());
        // In a circle of one, every index is that one.
        assert_eq!(Circle::of(vec!['x']).unwrap()[isize::MIN], 'x');
    }

    proptest! {
        #[test]
        fn a_full_turn_comes_back(items in prop::collection::vec(any::<u8>(), 1..9), index in -50isize..50) {
            let turn = items.len() as isize;
            let circle = Circle::of(items).unwrap();
            prop_assert_eq!(circle[index], circle[index + turn]);
        }
    }
}
