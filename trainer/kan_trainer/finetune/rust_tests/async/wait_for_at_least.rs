//! family: watching
//! split: validation

use tokio::sync::watch::Receiver;

/// Waits until the watched value is at least `target`; returns it with the number of changes
/// seen on the way, or as an error the last value when the sender goes before.
pub async fn wait_for_at_least(
    values: &mut Receiver<u32>,
    target: u32,
) -> Result<(u32, usize), u32> {
    let mut changes = 0;
    loop {
        let value = *values.borrow_and_update();
        if value >= target {
            return Ok((value, changes));
        }
        if values.changed().await.is_err() {
            return Err(value);
        }
        changes += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::watch;

    /// Starts at one and then shows the values one after another.
    async fn wait(later: &[u32], target: u32) -> Result<(u32, usize), u32> {
        let (sender, mut receiver) = watch::channel(1);
        let waiting = tokio::spawn(async move { wait_for_at_least(&mut receiver, target).await });
        for value in later {
            tokio::task::yield_now().await;
            let _ = sender.send(*value);
        }
        tokio::task::yield_now().await;
        drop(sender);
        waiting.await.unwrap()
    }

    #[tokio::test]
    async fn a_value_that_suffices_is_returned_at_once() {
        // The initial one is enough, so that no change is seen.
        assert_eq!(wait(&[9], 1).await, Ok((1, 0)));
    }

    #[tokio::test]
    async fn values_below_the_target_are_passed_over() {
        assert_eq!(wait(&[3, 2, 5, 9], 5).await, Ok((5, 3)));
    }

    #[tokio::test]
    async fn when_the_sender_goes_the_last_value_is_told() {
        assert_eq!(wait(&[3, 2], 5).await, Err(2));
        assert_eq!(wait(&[], 5).await, Err(1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn it_ends_at_the_first_value_that_suffices(
            later in prop::collection::vec(0u32..9, 0..6),
            target in 2u32..9,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let expected = match later.iter().position(|value| *value >= target) {
                Some(index) => Ok((later[index], index + 1)),
                None => Err(later.last().copied().unwrap_or(1)),
            };
            prop_assert_eq!(runtime.block_on(wait(&later, target)), expected);
        }
    }
}
