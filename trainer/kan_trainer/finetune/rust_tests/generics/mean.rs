//! family: folds
//! split: train

/// The arithmetic mean of anything that turns into `f64` without loss; `None` of nothing.
pub fn mean<'a, T, I>(values: I) -> Option<f64>
where
    T: Copy + Into<f64> + 'a,
    I: IntoIterator<Item = &'a T>,
{
    let mut total = 0.0;
    let mut count = 0u32;
    for value in values {
        let value: f64 = (*value).into();
        total += value;
        count += 1;
    }
    if count == 0 {
        None
    } else {
        Some(total / f64::from(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_mean_of_nothing_is_unknown() {
        // Not NaN, which zero divided by zero would give.
        assert_eq!(mean::<u8, _>(&[]), None);
    }

    #[test]
    fn small_integers_do_not_overflow() {
        // Added up as u8 they would be 253.
        assert_eq!(mean(&[255u8, 255, 255]), Some(255.0));
    }

    #[test]
    fn the_mean_of_integers_may_be_broken() {
        assert_eq!(mean(&[1i32, 2]), Some(1.5));
        assert_eq!(mean(&vec![-3.0f32, 1.0, 5.0, 7.0]), Some(2.5));
    }

    proptest! {
        #[test]
        fn it_lies_between_the_least_and_the_greatest(values in prop::collection::vec(-1000i32..1000, 1..30)) {
            let middle = mean(&values).unwrap();
            let least = f64::from(*values.iter().min().unwrap());
            let greatest = f64::from(*values.iter().max().unwrap());
            prop_assert!(least <= middle && middle <= greatest);
        }
    }
}
