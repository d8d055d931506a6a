//! family: ordered-maps
//! split: train

use std::collections::BTreeMap;

/// The price that holds at `day`: the latest that was set on it or before.
pub fn price_at(changes: &BTreeMap<u32, u64>, day: u32) -> Option<u64> {
    changes.range(..=day).next_back().map(|(_, price)| *price)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_holds_from_its_day_on() {
        let changes = BTreeMap::from([(10, 100), (20, 150)]);
        assert_eq!(price_at(&changes, 10), Some(100));
        assert_eq!(price_at(&changes, 19), Some(100));
        assert_eq!(price_at(&changes, 20), Some(150));
        assert_eq!(price_at(&changes, u32::MAX), Some(150));
    }

    #[test]
    fn before_the_first_change_there_is_no_price() {
        // Not even zero.
        assert_eq!(price_at(&BTreeMap::from([(10, 100)]), 9), None);
        assert_eq!(price_at(&BTreeMap::new(), 0), None);
    }
}
