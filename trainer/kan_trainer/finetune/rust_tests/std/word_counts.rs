//! family: hash-maps
//! split: train

use std::collections::HashMap;

/// How often each word occurs, without regard to case; the most frequent first, ties by the word.
pub fn word_counts(text: &str) -> Vec<(String, usize)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frequent_words_come_first_and_ties_in_order() {
        // The last two both occur once.
        let counts = word_counts("The cat, the dog: THE end. Cat!");
        let expected = [("the", 3), ("cat", 2), ("dog", 1), ("end", 1)];
        assert_eq!(
            counts,
            expected.map(|(word, count)| (word.to_string(), count))
        );
    }

    #[test]
    fn punctuation_alone_is_no_word() {
        assert!(word_counts(" -- ,, ").is_empty());
    }

    proptest! {
        #[test]
        fn every_word_is_counted_once(words in prop::collection::vec("[a-c]{1,2}", 0..20)) {
            let counts = word_counts(&words.join(" "));
            prop_assert_eq!(counts.iter().map(|pair| pair.1).sum::<usize>(), words.len());
            prop_assert!(counts.windows(2).all(|two| two[0].1 >= two[1].1 && two[0].0 != two[1].0));
        }
    }
}
