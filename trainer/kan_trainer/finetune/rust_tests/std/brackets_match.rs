//! family: parsing
//! split: train

/// Is every bracket closed by its own kind, in the right order? Other characters are text.
pub fn brackets_match(text: &str) -> bool {
    let mut open = Vec::new();
    for c in text.chars() {
        match c {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(c) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_may_nest_and_follow() {
        assert!(brackets_match("f(a[0], {b}) [](){}"));
        assert!(brackets_match(""));
    }

    #[test]
    fn crossed_brackets_do_not_match() {
        // Each kind is balanced, but they overlap.
        assert!(!brackets_match("([)]"));
        assert!(!brackets_match("{)"));
    }

    #[test]
    fn none_is_left_over() {
        // The second one is closed while nothing is open.
        assert!(!brackets_match("("));
        assert!(!brackets_match("]"));
        assert!(!brackets_match("())"));
    }
}
