//! family: adaptors
//! split: train

use std::ops::AddAssign;

/// Replaces every item by the sum of all items so far.
pub fn running_totals<I>(items: I) -> impl Iterator<Item = I::Item>
where
    I: IntoIterator,
    I::Item: AddAssign + Clone,
{
    let mut total: Option<I::Item> = None;
    items.into_iter().map(move |item| match total.as_mut() {
        Some(sum) => {
            *sum += item;
            sum.clone()
        }
        None => total.insert(item).clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sums_grow_item_by_item() {
        // 1, 1 + 2, 1 + 2 + 3 and so on.
        assert!(running_totals([1, 2, 3, 4]).eq([1, 3, 6, 10]));
    }

    #[test]
    fn the_first_total_is_the_first_item() {
        // No zero is asked of the type, so a start need not exist.
        assert!(running_totals([2.5, -1.0]).eq([2.5, 1.5]));
        assert_eq!(running_totals(Vec::<i32>::new()).next(), None);
    }

    proptest! {
        #[test]
        fn the_last_total_is_the_sum(items in prop::collection::vec(0u32..1000, 1..20)) {
            let sum: u32 = items.iter().sum();
            let totals: Vec<u32> = running_totals(items.iter().copied()).collect();
            prop_assert_eq!(totals.len(), items.len());
            prop_assert_eq!(totals.last(), Some(&sum));
        }
    }
}
