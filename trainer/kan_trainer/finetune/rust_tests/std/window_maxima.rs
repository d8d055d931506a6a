//! family: queues
//! split: train

use std::collections::VecDeque;

/// The largest value of every `width` neighbours, in linear time; empty for a width of zero.
pub fn window_maxima(values: &[i32], width: usize) -> Vec<i32> {
    let mut candidates: VecDeque<usize> = VecDeque::new();
    let mut maxima = Vec::new();
    if width == 0 {
        return maxima;
    }
    for (at, value) in values.iter().enumerate() {
        if candidates
            .front()
            .is_some_and(|&oldest| oldest + width <= at)
        {
            candidates.pop_front();
        }
        while candidates
            .back()
            .is_some_and(|&last| values[last] <= *value)
        {
            candidates.pop_back();
        }
        candidates.push_back(at);
        if at + 1 >= width {
            maxima.push(values[candidates[0]]);
        }
    }
    maxima
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_window_forgets_what_leaves_it() {
        assert_eq!(window_maxima(&[9, 1, 2, 3], 2), [9, 2, 3]);
    }

    #[test]
    fn widths_at_the_limits() {
        // One value, all values, more than there are, none.
        assert_eq!(window_maxima(&[3, 1], 1), [3, 1]);
        assert_eq!(window_maxima(&[3, 1], 2), [3]);
        assert!(window_maxima(&[3, 1], 3).is_empty());
        assert!(window_maxima(&[3, 1], 0).is_empty());
    }

    proptest! {
        #[test]
        fn each_window_has_its_own_maximum(
            values in prop::collection::vec(-9i32..9, 0..25),
            width in 1usize..8,
        ) {
            let expected: Vec<i32> = values.windows(width).map(|w| *w.iter().max().unwrap()).collect();
            prop_assert_eq!(window_maxima(&values, width), expected);
        }
    }
}
