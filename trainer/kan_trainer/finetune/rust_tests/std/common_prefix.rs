//! family: strings
//! split: train

/// The longest beginning that all of the words share.
pub fn common_prefix<'a>(words: &[&'a str]) -> &'a str {
    let Some((first, others)) = words.split_first() else {
        return "";
    };
    let mut length = first.len();
    for other in others {
        let shared = first
            .char_indices()
            .zip(other.chars())
            .find(|((_, a), b)| a != b)
            .map_or(first.len().min(other.len()), |((at, _), _)| at);
        length = length.min(shared);
    }
    &first[..length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_agreement_wins() {
        assert_eq!(common_prefix(&["interval", "internal", "into"]), "int");
        assert_eq!(common_prefix(&["same", "same"]), "same");
    }

    #[test]
    fn a_word_may_be_the_prefix_of_another() {
        assert_eq!(common_prefix(&["inn", "inner"]), "inn");
        assert_eq!(common_prefix(&["inner", "inn"]), "inn");
    }

    #[test]
    fn no_words_share_nothing() {
        assert_eq!(common_prefix(&[]), "");
        assert_eq!(common_prefix(&["x", ""]), "");
    }

    #[test]
    fn a_letter_of_two_bytes_is_not_cut() {
        // Both begin with the same first byte.
        assert_eq!(common_prefix(&["aé", "aè"]), "a");
    }
}
