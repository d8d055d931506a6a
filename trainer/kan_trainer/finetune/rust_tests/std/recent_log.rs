//! family: queues
//! split: train

use std::collections::VecDeque;

/// The last lines of a log, the oldest first.
pub struct RecentLog {
    lines: VecDeque<String>,
    capacity: usize,
}

impl RecentLog {
    pub fn new(capacity: usize) -> Self {
        let lines = VecDeque::with_capacity(capacity);
        RecentLog { lines, capacity }
    }

    /// Adds a line; returns the oldest where there was no room for both.
    pub fn push(&mut self, line: &str) -> Option<String> {
        self.lines.push_back(line.to_string());
        if self.lines.len() > self.capacity {
            self.lines.pop_front()
        } else {
            None
        }
    }

    pub fn text(&self) -> String {
        self.lines
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_oldest_line_makes_room() {
        let mut log = RecentLog::new(2);
        assert_eq!(log.push("a"), None);
        assert_eq!(log.push("b"), None);
        assert_eq!(log.push("c"), Some("a".to_string()));
        assert_eq!(log.text(), "b\nc");
    }

    #[test]
    fn a_log_without_room_keeps_nothing() {
        // The line that comes is the oldest at once.
        let mut log = RecentLog::new(0);
        assert_eq!(log.push("lost"), Some("lost".to_string()));
        assert_eq!(log.text(), "");
    }

    proptest! {
        #[test]
        fn it_ends_like_all_that_was_pushed(lines in prop::collection::vec("[a-z]{0,3}", 0..12), capacity in 1usize..6) {
            let mut log = RecentLog::new(capacity);
            let dropped: Vec<String> = lines.iter().filter_map(|line| log.push(line)).collect();
            prop_assert_eq!(log.text(), lines[dropped.len()..].join("\n"));
            prop_assert_eq!(&dropped[..], &lines[..lines.len().saturating_sub(capacity)]);
        }
    }
}
