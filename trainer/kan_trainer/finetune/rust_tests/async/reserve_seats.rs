//! family: shared-state
//! split: train

use tokio::sync::Mutex;

/// Reserves the first run of `count` neighbouring free seats and returns the index of its first
/// seat; `None` where no run is long enough.
pub async fn reserve_seats(taken: &Mutex<Vec<bool>>, count: usize) -> Option<usize> {
    let mut seats = taken.lock().await;
    if count == 0 || count > seats.len() {
        return None;
    }
    let start = seats
        .windows(count)
        .position(|run| run.iter().all(|taken| !taken))?;
    seats[start..start + count].fill(true);
    Some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hall(plan: &str) -> Mutex<Vec<bool>> {
        Mutex::new(plan.chars().map(|seat| seat == '#').collect())
    }

    fn plan(hall: Mutex<Vec<bool>>) -> String {
        let seats = hall.into_inner();
        seats
            .iter()
            .map(|taken| if *taken { '#' } else { '.' })
            .collect()
    }

    #[tokio::test]
    async fn the_first_gap_that_is_wide_enough_is_taken() {
        let seats = hall("#.#..#...");
        assert_eq!(reserve_seats(&seats, 2).await, Some(3));
        assert_eq!(reserve_seats(&seats, 3).await, Some(6));
        assert_eq!(plan(seats), "#.#######");
    }

    #[tokio::test]
    async fn a_full_hall_and_an_empty_party_give_none() {
        // Windows of length zero would panic.
        assert_eq!(reserve_seats(&hall("##"), 1).await, None);
        assert_eq!(reserve_seats(&hall(".."), 0).await, None);
    }

    #[tokio::test]
    async fn the_whole_hall_can_be_taken_but_no_more() {
        assert_eq!(reserve_seats(&hall("..."), 4).await, None);
        assert_eq!(reserve_seats(&hall("..."), 3).await, Some(0));
    }

    proptest! {
        #[test]
        fn a_reservation_takes_just_its_seats(
            seats in prop::collection::vec(any::<bool>(), 0..12),
            count in 1usize..5,
        ) {
            let before = seats.iter().filter(|taken| **taken).count();
            let hall = Mutex::new(seats);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let found = runtime.block_on(reserve_seats(&hall, count));
            let after = hall.into_inner().iter().filter(|taken| **taken).count();
            prop_assert_eq!(after - before, if found.is_some() { count } else { 0 });
        }
    }
}
