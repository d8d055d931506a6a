//! family: builders
//! split: train

/// Accepts the values between two optional bounds.
#[derive(Clone, Debug)]
pub struct RangeFilter<T> {
    at_least: Option<T>,
    below: Option<T>,
}

impl<T: PartialOrd> RangeFilter<T> {
    pub fn everything() -> Self {
        RangeFilter {
            at_least: None,
            below: None,
        }
    }

    pub fn at_least(self, bound: T) -> Self {
        RangeFilter {
            at_least: Some(bound),
            ..self
        }
    }

    pub fn below(self, bound: T) -> Self {
        RangeFilter {
            below: Some(bound),
            ..self
        }
    }

    pub fn accepts(&self, value: &T) -> bool {
        self.at_least.as_ref().is_none_or(|bound| value >= bound)
            && self.below.as_ref().is_none_or(|bound| value < bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn without_bounds_everything_passes() {
        // Even NaN, which no bound would let pass.
        assert!(RangeFilter::everything().accepts(&f64::NAN));
    }

    #[test]
    fn the_lower_bound_passes_and_the_upper_does_not() {
        let filter = RangeFilter::everything().at_least(2).below(5);
        let passed: Vec<i32> = (0..8).filter(|n| filter.accepts(n)).collect();
        assert_eq!(passed, [2, 3, 4]);
    }

    #[test]
    fn one_bound_leaves_the_other_side_open() {
        assert!(RangeFilter::everything().below("m").accepts(&"a"));
        assert!(!RangeFilter::everything().below("m").accepts(&"z"));
        assert!(RangeFilter::everything().at_least("m").accepts(&"z"));
        assert!(!RangeFilter::everything().at_least("m").accepts(&"a"));
    }

    #[test]
    fn a_bound_set_again_replaces_the_first() {
        let filter = RangeFilter::everything().below(3).below(9);
        assert!(filter.accepts(&8));
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_range(low in 0u8..20, high in 0u8..20, value in 0u8..20) {
            let filter = RangeFilter::everything().below(high).at_least(low);
            prop_assert_eq!(filter.accepts(&value), (low..high).contains(&value));
        }
    }
}
