//! family: returned-closures
//! split: train

/// A boxed predicate, which may borrow what it looks at for `'a`.
pub type Voter<'a, T> = Box<dyn Fn(&T) -> bool + 'a>;

/// A predicate that holds where more than half of the given predicates do.
pub fn majority_of<'a, T: ?Sized + 'a>(voters: Vec<Voter<'a, T>>) -> impl Fn(&T) -> bool + 'a {
    move |value| {
        let votes = voters.iter().filter(|voter| voter(value)).count();
        votes * 2 > voters.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divisible_by<'a>(divisors: &'a [u32]) -> impl Fn(&u32) -> bool + 'a {
        majority_of(
            divisors
                .iter()
                .map(|d| Box::new(move |n: &u32| n.is_multiple_of(*d)) as Voter<'a, u32>)
                .collect(),
        )
    }

    #[test]
    fn two_of_three_are_a_majority() {
        let judge = divisible_by(&[2, 3, 5]);
        assert!(judge(&6));
        assert!(judge(&30));
        assert!(!judge(&9));
        assert!(!judge(&7));
    }

    #[test]
    fn half_of_the_votes_is_not_enough() {
        let judge = divisible_by(&[2, 3]);
        assert!(!judge(&4));
        assert!(judge(&12));
    }

    #[test]
    fn without_voters_nothing_passes() {
        // Zero of zero is not more than half.
        assert!(!divisible_by(&[])(&1));
    }

    #[test]
    fn unsized_values_may_be_judged() {
        let long = majority_of::<str>(vec![Box::new(|text: &str| text.len() > 2)]);
        assert!(long("abc"));
        assert!(!long("ab"));
    }
}
