//! family: returned-closures
//! split: train

/// The function that runs `first` and hands its result to `second`.
pub fn compose<A, B, C>(first: impl Fn(A) -> B, second: impl Fn(B) -> C) -> impl Fn(A) -> C {
    move |input| second(first(input))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_function_runs_first() {
        let add_then_double = compose(|n: i32| n + 1, |n| n * 2);
        assert_eq!(add_then_double(3), 8);
    }

    #[test]
    fn the_types_may_change_on_the_way() {
        let is_long = compose(str::len, |length| length > 3);
        assert!(is_long("four"));
        assert!(!is_long("two"));
    }

    #[test]
    fn a_composition_may_be_composed_again() {
        let shout = compose(compose(str::trim, str::to_uppercase), |s| s + "!");
        // It is an Fn, so it may be called more than once.
        assert_eq!(shout(" hey "), "HEY!");
        assert_eq!(shout("you"), "YOU!");
    }

    proptest! {
        #[test]
        fn composing_with_the_identity_changes_nothing(n in any::<i32>()) {
            let negate = |n: i32| n.wrapping_neg();
            prop_assert_eq!(compose(negate, |n| n)(n), negate(n));
            prop_assert_eq!(compose(|n| n, negate)(n), negate(n));
        }
    }
}
