//! family: intervals
//! split: test

/// The earliest time at which most visits, `(arrival, departure)`, go on, and how many do.
pub fn busiest_moment(visits: &[(u32, u32)]) -> Option<(u32, usize)> {
    let mut best: Option<(u32, usize)> = None;
    for &(time, _) in visits {
        let present = visits
            .iter()
            .filter(|(arrival, departure)| *arrival <= time && time < *departure)
            .count();
        let better = best
            .is_none_or(|(earliest, most)| present > most || (present == most && time < earliest));
        if present > 0 && better {
            best = Some((time, present));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn who_leaves_is_gone_when_the_next_arrives() {
        // Departures are exclusive, so at five only one is there.
        assert_eq!(busiest_moment(&[(1, 5), (5, 9)]), Some((1, 1)));
        assert_eq!(busiest_moment(&[(1, 6), (5, 9)]), Some((5, 2)));
    }

    #[test]
    fn the_earliest_of_equal_moments_is_told() {
        assert_eq!(busiest_moment(&[(20, 30), (3, 4), (7, 8)]), Some((3, 1)));
    }

    #[test]
    fn a_visit_of_no_length_does_not_count() {
        assert_eq!(busiest_moment(&[(4, 4)]), None);
        assert_eq!(busiest_moment(&[]), None);
    }

    proptest! {
        #[test]
        fn no_time_is_busier(visits in prop::collection::vec((0u32..12, 0u32..12), 0..10), time in 0u32..12) {
            let present = visits.iter().filter(|visit| visit.0 <= time && time < visit.1).count();
            prop_assert!(present <= busiest_moment(&visits).map_or(0, |(_, most)| most));
        }
    }
}
