//! family: memoisers
//! split: validation

/// Remembers one result: that of the latest argument.
pub struct LatestOnly<A, R> {
    latest: Option<(A, R)>,
}

impl<A, R> Default for LatestOnly<A, R> {
    fn default() -> Self {
        LatestOnly { latest: None }
    }
}

impl<A: PartialEq, R> LatestOnly<A, R> {
    /// The result for `argument`; `compute` runs where the latest argument was another.
    pub fn get_or_compute(&mut self, argument: A, compute: impl FnOnce(&A) -> R) -> &R {
        let fresh = self.latest.take_if(|(known, _)| *known != argument);
        drop(fresh);
        let (_, result) = self.latest.get_or_insert_with(|| {
            let result = compute(&argument);
            (argument, result)
        });
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_equal_argument_is_not_computed_again() {
        let mut cache = LatestOnly::default();
        assert_eq!(*cache.get_or_compute("abc", |text| text.len()), 3);
        assert_eq!(*cache.get_or_compute("abc", |_| unreachable!()), 3);
    }

    #[test]
    fn only_the_latest_argument_is_known() {
        let mut calls = 0;
        let mut cache = LatestOnly::default();
        for argument in [1, 2, 2, 1] {
            cache.get_or_compute(argument, |_| calls += 1);
        }
        // 1 was forgotten when 2 came.
        assert_eq!(calls, 3);
    }

    #[test]
    fn an_argument_unlike_itself_is_always_computed() {
        // NaN is never found again.
        let mut calls = 0;
        let mut cache = LatestOnly::default();
        for _ in 0..2 {
            cache.get_or_compute(f64::NAN, |_| calls += 1);
        }
        assert_eq!(calls, 2);
    }

    proptest! {
        #[test]
        fn it_computes_at_every_change(arguments in prop::collection::vec(0u8..3, 1..20)) {
            let mut calls = 0;
            let mut cache = LatestOnly::default();
            for argument in &arguments {
                let result = *cache.get_or_compute(*argument, |n| {
                    calls += 1;
                    n * 2
                });
                prop_assert_eq!(result, argument * 2);
            }
            prop_assert_eq!(calls, 1 + arguments.windows(2).filter(|w| w[0] != w[1]).count());
        }
    }
}
