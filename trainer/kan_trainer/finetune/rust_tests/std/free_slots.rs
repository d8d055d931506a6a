//! family: intervals
//! split: test

/// The gaps of at least `shortest` minutes between ascending, disjoint meetings of a day.
pub fn free_slots(meetings: &[(u16, u16)], day: (u16, u16), shortest: u16) -> Vec<(u16, u16)> {
    let mut slots = Vec::new();
    let mut free_from = day.0;
    for &(start, end) in meetings.iter().chain(std::iter::once(&(day.1, day.1))) {
        if start >= free_from && start - free_from >= shortest.max(1) {
            slots.push((free_from, start));
        }
        free_from = free_from.max(end);
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_and_ends_free() {
        let slots = free_slots(&[(540, 600), (660, 720)], (480, 1_020), 30);
        assert_eq!(slots, [(480, 540), (600, 660), (720, 1_020)]);
    }

    #[test]
    fn a_gap_may_be_just_long_enough() {
        assert_eq!(free_slots(&[(10, 20)], (0, 31), 10), [(0, 10), (20, 31)]);
        assert_eq!(free_slots(&[(10, 20)], (0, 31), 11), [(20, 31)]);
        // A slot of no length is none, whatever was asked for; one of a minute is.
        assert_eq!(free_slots(&[(0, 8)], (0, 9), 0), [(8, 9)]);
    }

    #[test]
    fn meetings_back_to_back_leave_no_slot() {
        // Even where slots of no length would do.
        assert!(free_slots(&[(0, 5), (5, 9)], (0, 9), 0).is_empty());
        assert!(free_slots(&[(0, 12)], (3, 9), 0).is_empty());
    }
}
