//! family: watching
//! split: validation

use tokio::sync::watch::Receiver;

/// The overall state of several jobs that each show a percentage.
#[derive(Debug, PartialEq, Eq)]
pub struct Overall {
    pub mean: u32,
    pub slowest: Option<usize>,
}

/// Reads the percentages shown now: their mean, rounded down, and the index of the slowest job
/// that is not done; of equals the first. Without jobs all is done.
pub fn overall(jobs: &[Receiver<u32>]) -> Overall {
    let shown: Vec<u32> = jobs.iter().map(|job| *job.borrow()).collect();
    if shown.is_empty() {
        return Overall {
            mean: 100,
            slowest: None,
        };
    }
    let mean = shown.iter().sum::<u32>() / shown.len() as u32;
    let running = shown
        .iter()
        .enumerate()
        .filter(|(_, percent)| **percent < 100);
    let slowest = running.min_by_key(|(_, percent)| **percent);
    Overall {
        mean,
        slowest: slowest.map(|(index, _)| index),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use tokio::sync::watch;

    fn of(percents: &[u32]) -> (u32, Option<usize>) {
        let jobs: Vec<_> = percents
            .iter()
            .map(|percent| watch::channel(*percent).1)
            .collect();
        let overall = overall(&jobs);
        (overall.mean, overall.slowest)
    }

    #[test]
    fn the_slowest_is_found_and_the_mean_rounded_down() {
        assert_eq!(of(&[50, 20, 99]), (56, Some(1)));
    }

    #[test]
    fn of_equals_the_first_is_named() {
        assert_eq!(of(&[100, 40, 40]), (60, Some(1)));
    }

    #[test]
    fn jobs_that_are_done_are_not_slow() {
        assert_eq!(of(&[100, 100]), (100, None));
        // The last percent counts.
        assert_eq!(of(&[100, 99]), (99, Some(1)));
        assert_eq!(of(&[]), (100, None));
    }

    #[test]
    fn the_newest_percentage_is_read() {
        let (sender, job) = watch::channel(10);
        sender.send(70).unwrap();
        assert_eq!(overall(&[job]).mean, 70);
    }

    proptest! {
        #[test]
        fn nobody_is_slower_than_the_slowest(percents in prop::collection::vec(0u32..=100, 1..8)) {
            let (mean, slowest) = of(&percents);
            let least = percents.iter().min().unwrap();
            prop_assert!(least <= &mean);
            prop_assert_eq!(slowest.map_or(100, |index| percents[index]), *least);
        }
    }
}
