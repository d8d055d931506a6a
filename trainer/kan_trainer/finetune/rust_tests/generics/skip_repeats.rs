//! family: adaptors
//! split: train

/// Drops every item whose key equals that of the item kept just before it.
pub fn skip_repeats<I, K, F>(items: I, key: F) -> impl Iterator<Item = I::Item>
where
    I: IntoIterator,
    K: PartialEq,
    F: Fn(&I::Item) -> K,
{
    let mut last: Option<K> = None;
    items.into_iter().filter(move |item| {
        let current = Some(key(item));
        let fresh = last != current;
        last = current;
        fresh
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_of_every_run_stays() {
        // B and b have one key, and so have A and the first a, but far apart.
        let kept: String = skip_repeats("aaBbcA".chars(), char::to_ascii_lowercase).collect();
        assert_eq!(kept, "aBcA");
    }

    #[test]
    fn a_key_that_comes_back_later_is_kept() {
        // Only neighbours are compared; this is no set.
        assert!(skip_repeats([1, 2, 1], |n| *n).eq([1, 2, 1]));
    }

    #[test]
    fn nothing_repeats_in_nothing() {
        assert_eq!(skip_repeats(Vec::<u8>::new(), |n| *n).count(), 0);
    }

    proptest! {
        #[test]
        fn it_agrees_with_dedup(items in prop::collection::vec(0u8..4, 0..20)) {
            let mut expected = items.clone();
            expected.dedup_by_key(|n| *n / 2);
            prop_assert_eq!(skip_repeats(items, |n| *n / 2).collect::<Vec<_>>(), expected);
        }
    }
}
