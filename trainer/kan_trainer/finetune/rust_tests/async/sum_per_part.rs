//! family: channels
//! split: train

use tokio::sync::mpsc;

/// Lets every part be added up by a task of its own, which sends its sum with its index; the
/// sums are put back into the order of the parts, whatever the order of arrival.
pub async fn sum_per_part(parts: Vec<Vec<u64>>) -> Vec<u64> {
    let mut sums = vec![0; parts.len()];
    let (sender, mut receiver) = mpsc::channel(1);
    for (index, part) in parts.into_iter().enumerate() {
        let sender = sender.clone();
        tokio::spawn(async move {
            let sum = part.iter().sum::<u64>();
            let _ = sender.send((index, sum)).await;
        });
    }
    drop(sender);
    while let Some((index, sum)) = receiver.recv().await {
        sums[index] += sum;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[tokio::test]
    async fn no_parts_give_no_sums() {
        assert_eq!(sum_per_part(vec![]).await, Vec::<u64>::new());
    }

    #[tokio::test]
    async fn an_empty_part_sums_to_zero() {
        // It keeps its place among the sums.
        assert_eq!(sum_per_part(vec![vec![], vec![4]]).await, [0, 4]);
    }

    proptest! {
        #[test]
        fn the_sums_are_those_of_a_plain_loop(
            parts in prop::collection::vec(prop::collection::vec(0u64..1000, 0..5), 0..6),
        ) {
            let expected: Vec<u64> = parts.iter().map(|part| part.iter().sum()).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            prop_assert_eq!(runtime.block_on(sum_per_part(parts)), expected);
        }
    }
}
