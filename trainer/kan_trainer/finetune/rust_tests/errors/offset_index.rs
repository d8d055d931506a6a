//! family: checked-arithmetic
//! split: train

use std::cmp::Ordering;

#[derive(Debug, PartialEq)]
pub enum IndexError {
    BeforeStart { by: u64 },
    BehindEnd { by: u64 },
}

/// Moves a cursor over `len` items by a signed step. The position behind the last item is allowed;
/// a step that leads out of the range is refused, with how far it missed.
pub fn offset_index(at: u32, step: i32, len: u32) -> Result<u32, IndexError> {
    let target = i64::from(at) + i64::from(step);
    match (target.cmp(&0), u32::try_from(target)) {
        (Ordering::Less, _) => Err(IndexError::BeforeStart {
            by: target.unsigned_abs(),
        }),
        (_, Ok(index)) if index <= len => Ok(index),
        _ => Err(IndexError::BehindEnd {
            by: target.unsigned_abs() - u64::from(len),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_lead_both_ways() {
        assert_eq!(offset_index(5, 3, 10), Ok(8));
        assert_eq!(offset_index(5, -3, 10), Ok(2));
        assert_eq!(offset_index(5, 0, 10), Ok(5));
    }

    #[test]
    fn the_start_and_the_place_behind_the_last_item_are_reached() {
        assert_eq!(offset_index(5, -5, 10), Ok(0));
        assert_eq!(offset_index(5, 5, 10), Ok(10));
    }

    #[test]
    fn a_step_out_of_the_range_says_how_far_it_missed() {
        assert_eq!(
            offset_index(5, -6, 10),
            Err(IndexError::BeforeStart { by: 1 })
        );
        assert_eq!(offset_index(5, 8, 10), Err(IndexError::BehindEnd { by: 3 }));
    }

    #[test]
    fn the_extremes_do_not_wrap_around() {
        let expected = IndexError::BeforeStart { by: 1 << 31 };
        assert_eq!(offset_index(0, i32::MIN, 10), Err(expected));
        // The target needs more than 32 bits here.
        assert_eq!(
            offset_index(u32::MAX, 2, u32::MAX),
            Err(IndexError::BehindEnd { by: 2 })
        );
    }

    proptest! {
        #[test]
        fn a_step_that_worked_can_be_undone(at in 0u32..100, step in -100i32..100) {
            if let Ok(there) = offset_index(at, step, 100) {
                prop_assert_eq!(offset_index(there, -step, 100), Ok(at));
            }
        }
    }
}
