//! family: pipelines
//! split: validation

use tokio::sync::mpsc;

/// What came out at the end of the pipeline.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub sum: i64,
    pub numbers: usize,
    pub rejected: usize,
}

/// Sends the lines through two stages, one that parses and one that adds up, joined by a channel
/// with room for one message. Empty lines are skipped, other lines that are no numbers rejected.
pub async fn parse_and_sum(lines: Vec<String>) -> Summary {
    let (sender, mut parsed) = mpsc::channel(1);
    tokio::spawn(async move {
        for line in lines {
            let text = line.trim();
            if !text.is_empty() && sender.send(text.parse::<i64>()).await.is_err() {
                break;
            }
        }
    });
    let mut summary = Summary::default();
    while let Some(result) = parsed.recv().await {
        match result {
            Ok(number) => {
                summary.sum += number;
                summary.numbers += 1;
            }
            Err(_) => summary.rejected += 1,
        }
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn of(text: &str) -> (i64, usize, usize) {
        let summary = parse_and_sum(text.split('\n').map(str::to_string).collect()).await;
        (summary.sum, summary.numbers, summary.rejected)
    }

    #[tokio::test]
    async fn numbers_are_added_and_others_rejected() {
        assert_eq!(of("3\nx\n-5\n1.5").await, (-2, 2, 2));
    }

    #[tokio::test]
    async fn empty_lines_and_blanks_do_not_count() {
        assert_eq!(of(" 7 \n\n   \n").await, (7, 1, 0));
        assert_eq!(of("").await, (0, 0, 0));
    }

    #[tokio::test]
    async fn a_number_that_is_too_large_is_rejected() {
        // One more than the largest that fits.
        assert_eq!(of("9223372036854775808").await, (0, 0, 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_sum_is_that_of_the_numbers(numbers in prop::collection::vec(-99i64..99, 0..10)) {
            let lines = numbers.iter().map(i64::to_string).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let expected = Summary {
                sum: numbers.iter().sum(),
                numbers: numbers.len(),
                rejected: 0,
            };
            prop_assert_eq!(runtime.block_on(parse_and_sum(lines)), expected);
        }
    }
}
