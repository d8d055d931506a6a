//! family: iterators
//! split: train

/// Takes from both lists in turn, beginning with the left; what is left over follows.
pub fn interleave(left: &[char], right: &[char]) -> String {
    let mut woven = String::new();
    let (mut left, mut right) = (left.iter(), right.iter());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return woven,
            (a, b) => woven.extend(a.into_iter().chain(b)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lists_take_turns() {
        assert_eq!(interleave(&['a', 'c'], &['b', 'd']), "abcd");
    }

    #[test]
    fn the_longer_one_goes_on_alone() {
        // Whichever side it is on.
        assert_eq!(interleave(&['a'], &['x', 'y', 'z']), "axyz");
        assert_eq!(interleave(&['a', 'b', 'c'], &['x']), "axbc");
        assert_eq!(interleave(&[], &[]), "");
    }
}
