//! family: const-generics
//! split: train

/// Counts values in `B` buckets of equal width over `low..high`; values outside are counted apart.
#[derive(Debug, PartialEq)]
pub struct Histogram<const B: usize> {
    low: f64,
    high: f64,
    pub buckets: [usize; B],
    pub outside: usize,
}

impl<const B: usize> Histogram<B> {
    pub fn new(low: f64, high: f64) -> Self {
        Histogram {
            low,
            high,
            buckets: [0; B],
            outside: 0,
        }
    }

    pub fn add<T: Into<f64>>(&mut self, value: T) {
        let value = value.into();
        if value >= self.low && value < self.high {
            let share = (value - self.low) / (self.high - self.low);
            let bucket = (share * B as f64) as usize;
            self.buckets[bucket.min(B - 1)] += 1;
        } else {
            self.outside += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_fall_into_their_buckets() {
        // Each bucket is two wide: 12 begins the second.
        let mut histogram = Histogram::<4>::new(10.0, 18.0);
        for value in [10u8, 11, 12, 15, 16, 17] {
            histogram.add(value);
        }
        assert_eq!(histogram.buckets, [2, 1, 1, 2]);
        assert_eq!(histogram.outside, 0);
    }

    #[test]
    fn the_upper_end_is_outside() {
        let mut histogram = Histogram::<2>::new(0.0, 1.0);
        histogram.add(1.0);
        histogram.add(-0.1);
        // NaN is in no range.
        histogram.add(f64::NAN);
        assert_eq!(histogram.outside, 3);
        assert_eq!(histogram.buckets, [0, 0]);
    }

    #[test]
    fn a_value_just_below_the_end_is_in_the_last_bucket() {
        // Its distance from the lower end is rounded up to the whole width.
        let mut histogram = Histogram::<3>::new(-1.0, 1.0);
        histogram.add(1.0f64.next_down());
        assert_eq!(histogram.buckets, [0, 0, 1]);
    }

    proptest! {
        #[test]
        fn every_value_is_counted_once(values in prop::collection::vec(-5.0f64..15.0, 0..40)) {
            let mut histogram = Histogram::<7>::new(0.0, 10.0);
            for value in &values {
                histogram.add(*value);
            }
            prop_assert_eq!(histogram.buckets.iter().sum::<usize>() + histogram.outside, values.len());
        }
    }
}
