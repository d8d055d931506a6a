//! family: const-generics
//! split: train

/// An integer that never leaves `LOW..=HIGH`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clamped<const LOW: i32, const HIGH: i32>(i32);

impl<const LOW: i32, const HIGH: i32> Clamped<LOW, HIGH> {
    /// The nearest allowed value.
    pub fn new(value: i32) -> Self {
        const { assert!(LOW <= HIGH) };
        Clamped(value.clamp(LOW, HIGH))
    }

    /// Moves by `delta` and returns how much of it fell away at the bound.
    pub fn shift(&mut self, delta: i32) -> i64 {
        let wanted = i64::from(self.0) + i64::from(delta);
        *self = Self::new(self.0.saturating_add(delta));
        wanted - i64::from(self.0)
    }

    pub fn get(self) -> i32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Volume = Clamped<0, 100>;

    #[test]
    fn a_value_out_of_range_is_moved_to_the_bound() {
        // Both bounds are allowed values themselves.
        assert_eq!(Volume::new(-1).get(), 0);
        assert_eq!(Volume::new(55).get(), 55);
        assert_eq!(Volume::new(101).get(), 100);
    }

    #[test]
    fn what_does_not_fit_is_returned() {
        // Ten fit exactly, seven more do not fit at all.
        let mut volume = Volume::new(90);
        assert_eq!(volume.shift(10), 0);
        assert_eq!(volume.shift(7), 7);
        assert_eq!(volume.shift(-120), -20);
        assert_eq!(volume, Volume::new(0));
    }

    #[test]
    fn the_widest_range_does_not_overflow() {
        let mut widest = Clamped::<{ i32::MIN }, { i32::MAX }>::new(i32::MAX);
        assert_eq!(widest.shift(1), 1);
        assert_eq!(widest.get(), i32::MAX);
    }

    proptest! {
        #[test]
        fn moved_and_left_over_make_up_the_whole(start in -200i32..200, delta in any::<i32>()) {
            let mut volume = Volume::new(start);
            let before = i64::from(volume.get());
            let left_over = volume.shift(delta);
            prop_assert!((0..=100).contains(&volume.get()));
            prop_assert_eq!(i64::from(volume.get()) - before + left_over, i64::from(delta));
        }
    }
}
