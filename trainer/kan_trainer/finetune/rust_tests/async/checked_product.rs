//! family: pipelines
//! split: validation

use tokio::sync::mpsc;

/// A failure in a pipeline: the index of the item and what was wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub struct StageError {
    pub index: usize,
    pub reason: &'static str,
}

fn check(number: i32) -> Result<u32, &'static str> {
    match u32::try_from(number) {
        Ok(0) => Err("zero"),
        Ok(positive) => Ok(positive),
        Err(_) => Err("negative"),
    }
}

/// Multiplies the numbers in a second stage; the first bad number, or a product that is too
/// large, stops both stages.
pub async fn product(numbers: Vec<i32>) -> Result<u32, StageError> {
    let (sender, mut checked) = mpsc::channel(2);
    tokio::spawn(async move {
        for item in numbers.into_iter().map(check).enumerate() {
            if sender.send(item).await.is_err() {
                break;
            }
        }
    });
    let mut product = 1u32;
    while let Some((index, result)) = checked.recv().await {
        let fail = |reason| StageError { index, reason };
        let number = result.map_err(fail)?;
        product = product
            .checked_mul(number)
            .ok_or_else(|| fail("overflow"))?;
    }
    Ok(product)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(index: usize, reason: &'static str) -> Result<u32, StageError> {
        Err(StageError { index, reason })
    }

    #[tokio::test]
    async fn good_numbers_are_multiplied() {
        assert_eq!(product(vec![2, 3, 7]).await, Ok(42));
        assert_eq!(product(vec![]).await, Ok(1));
    }

    #[tokio::test]
    async fn the_first_bad_number_is_reported() {
        assert_eq!(product(vec![2, 0, -1]).await, error(1, "zero"));
        assert_eq!(product(vec![2, 3, -1, 0]).await, error(2, "negative"));
    }

    #[tokio::test]
    async fn a_product_that_is_too_large_is_an_error() {
        // 65536 squared is one more than the largest number that fits.
        assert_eq!(product(vec![65536, 65535]).await, Ok(4_294_901_760));
        assert_eq!(product(vec![65536, 65536, 0]).await, error(1, "overflow"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_agrees_with_a_plain_product(numbers in prop::collection::vec(1i32..9, 0..8)) {
            let expected = numbers.iter().product::<i32>() as u32;
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            prop_assert_eq!(runtime.block_on(product(numbers)), Ok(expected));
        }
    }
}
