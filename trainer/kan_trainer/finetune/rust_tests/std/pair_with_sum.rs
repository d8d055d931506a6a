//! family: searching
//! split: train

/// Two indices, the smaller first, whose values in the ascending list add up to `total`.
pub fn pair_with_sum(values: &[i32], total: i64) -> Option<(usize, usize)> {
    let mut left = 0;
    let mut right = values.len().checked_sub(1)?;
    while left < right {
        let sum = i64::from(values[left]) + i64::from(values[right]);
        match sum.cmp(&total) {
            std::cmp::Ordering::Equal => return Some((left, right)),
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right -= 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pair_is_found_from_outside_in() {
        assert_eq!(pair_with_sum(&[1, 2, 4, 9], 6), Some((1, 2)));
        assert_eq!(pair_with_sum(&[1, 2, 4, 9], 10), Some((0, 3)));
    }

    #[test]
    fn a_value_is_not_paired_with_itself() {
        assert_eq!(pair_with_sum(&[3], 6), None);
        assert_eq!(pair_with_sum(&[3, 3], 6), Some((0, 1)));
        assert_eq!(pair_with_sum(&[], 0), None);
    }

    #[test]
    fn large_values_do_not_overflow() {
        // The sum does not fit an i32.
        assert_eq!(
            pair_with_sum(&[i32::MAX, i32::MAX], 4_294_967_294),
            Some((0, 1))
        );
    }
}
