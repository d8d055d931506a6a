//! family: pipelines
//! split: validation

use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// Counts the words of all texts, each text in a task of its own, without regard to case and to
/// punctuation around a word.
pub async fn count_words(texts: Vec<String>) -> BTreeMap<String, usize> {
    let mut tasks = JoinSet::new();
    for text in texts {
        tasks.spawn(async move {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for word in text.split_whitespace() {
                let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
                if !word.is_empty() {
                    *counts.entry(word.to_lowercase()).or_default() += 1;
                }
            }
            counts
        });
    }
    let mut total = BTreeMap::new();
    while let Some(counts) = tasks.join_next().await {
        for (word, count) in counts.expect("a task panicked") {
            *total.entry(word).or_default() += count;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn counts(texts: &[&str]) -> Vec<(String, usize)> {
        let texts = texts.iter().map(|text| text.to_string()).collect();
        count_words(texts).await.into_iter().collect()
    }

    #[tokio::test]
    async fn words_of_all_texts_are_added() {
        // "the" stands in both texts, once with a capital.
        let found = counts(&["the cat", "The dog, the bird."]).await;
        let expected = [("bird", 1), ("cat", 1), ("dog", 1), ("the", 3)];
        assert_eq!(
            found,
            expected.map(|(word, count)| (word.to_string(), count))
        );
    }

    #[tokio::test]
    async fn punctuation_alone_is_no_word() {
        assert!(counts(&["- ... !", "", "  "]).await.is_empty());
        // Within a word it belongs to it.
        assert_eq!(counts(&["(don't)"]).await, [("don't".to_string(), 1)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn it_does_not_matter_how_the_words_are_spread(
            words in prop::collection::vec("[a-c]{1,2}", 0..10),
            cut in 0usize..10,
        ) {
            let (left, right) = words.split_at(cut.min(words.len()));
            let (left, right, all) = (left.join(" "), right.join(" "), words.join(" "));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let spread = runtime.block_on(counts(&[&left, &right]));
            prop_assert_eq!(spread.iter().map(|(_, count)| count).sum::<usize>(), words.len());
            prop_assert_eq!(spread, runtime.block_on(counts(&[&all])));
        }
    }
}
