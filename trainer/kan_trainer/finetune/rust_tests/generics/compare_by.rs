//! family: returned-closures
//! split: train

use std::cmp::Ordering;

/// A comparison by `primary` key in which ties are broken by `secondary`, the greater first.
pub fn compare_by<T, A, B>(
    primary: impl Fn(&T) -> A,
    secondary: impl Fn(&T) -> B,
) -> impl Fn(&T, &T) -> Ordering
where
    A: Ord,
    B: Ord,
{
    move |left, right| {
        primary(left)
            .cmp(&primary(right))
            .then_with(|| secondary(right).cmp(&secondary(left)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_primary_key_rises() {
        let compare = compare_by(|pair: &(u8, u8)| pair.0, |pair| pair.1);
        assert_eq!(compare(&(1, 9), &(2, 0)), Ordering::Less);
        assert_eq!(compare(&(2, 0), &(1, 9)), Ordering::Greater);
    }

    #[test]
    fn ties_are_broken_the_other_way_round() {
        // The keys are equally long, so the texts decide, reversed.
        let compare = compare_by(|word: &&str| word.len(), |word| word.to_string());
        assert_eq!(compare(&"abc", &"xyz"), Ordering::Greater);
        assert_eq!(compare(&"abc", &"abc"), Ordering::Equal);
    }

    #[test]
    fn a_ranking_is_sorted_with_it() {
        let mut players = [("ann", 3, 10), ("bob", 1, 5), ("cid", 3, 20)];
        players.sort_by(compare_by(|p: &(&str, u8, u8)| p.1, |p| p.2));
        assert_eq!(players.map(|p| p.0), ["bob", "cid", "ann"]);
    }

    proptest! {
        #[test]
        fn swapping_the_sides_reverses_the_answer(a in (0u8..3, 0u8..3), b in (0u8..3, 0u8..3)) {
            let compare = compare_by(|pair: &(u8, u8)| pair.0, |pair| pair.1);
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        }
    }
}
