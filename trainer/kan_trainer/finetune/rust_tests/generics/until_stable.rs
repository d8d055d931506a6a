//! family: higher-order
//! split: test

/// Applies `step` again and again until the value no longer changes; returns it and the number of changes.
///
/// `None` where it still changed after `limit` changes.
pub fn until_stable<T, F>(start: T, limit: usize, step: F) -> Option<(T, usize)>
where
    T: PartialEq,
    F: Fn(&T) -> T,
{
    let mut value = start;
    for changes in 0..=limit {
        let next = step(&value);
        if next == value {
            return Some((value, changes));
        }
        value = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halving_ends_at_zero() {
        assert_eq!(until_stable(20, 100, |n| n / 2), Some((0, 5)));
    }

    #[test]
    fn a_stable_start_needs_no_change() {
        // A limit of zero still allows to look.
        assert_eq!(until_stable("done", 0, |text| *text), Some(("done", 0)));
    }

    #[test]
    fn exactly_as_many_changes_as_allowed_are_made() {
        // From 4 it takes four changes to 0, from 5 one more.
        assert_eq!(until_stable(4u8, 4, |n| n.saturating_sub(1)), Some((0, 4)));
        assert_eq!(until_stable(5u8, 4, |n| n.saturating_sub(1)), None);
    }

    #[test]
    fn what_swings_for_ever_is_given_up() {
        assert_eq!(until_stable(1, 1000, |n: &i32| -n), None);
        // NaN is not even equal to itself.
        assert_eq!(until_stable(0.0, 10, |_| f64::NAN), None);
    }

    proptest! {
        #[test]
        fn the_result_is_a_fixed_point(text in "[()]{0,20}") {
            let step = |text: &String| text.replace("()", "");
            let (reduced, changes) = until_stable(text.clone(), text.len(), step).unwrap();
            prop_assert!(!reduced.contains("()"));
            prop_assert_eq!(changes == 0, reduced == text);
        }
    }
}
