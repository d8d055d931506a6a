//! family: text-format
//! split: train

/// Puts `spaces` before every line that is not blank; blank ones lose what space they had.
pub fn indent_lines(text: &str, spaces: usize) -> String {
    let margin = " ".repeat(spaces);
    let mut indented = String::new();
    for line in text.lines() {
        if !line.trim().is_empty() {
            indented.push_str(&margin);
            indented.push_str(line);
        }
        indented.push('\n');
    }
    indented
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blank_lines_are_left_empty() {
        // The second line has three spaces.
        assert_eq!(indent_lines("a\n   \nb", 2), "  a\n\n  b\n");
    }

    #[test]
    fn what_was_indented_is_further_in() {
        assert_eq!(indent_lines(" a", 1), "  a\n");
        assert_eq!(indent_lines("", 4), "");
    }

    proptest! {
        #[test]
        fn two_steps_are_one_large_step(text in "[ab \n]{0,30}", first in 0usize..5, second in 0usize..5) {
            let twice = indent_lines(&indent_lines(&text, first), second);
            prop_assert_eq!(twice, indent_lines(&text, first + second));
        }
    }
}
