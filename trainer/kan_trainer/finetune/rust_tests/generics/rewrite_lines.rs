//! family: higher-order
//! split: test

/// Replaces every line by a part of it that `choose` borrows; lines without one are dropped.
///
/// `choose` has to work for lines of any lifetime.
pub fn rewrite_lines<F>(text: &str, choose: F) -> String
where
    F: for<'line> Fn(&'line str) -> Option<&'line str>,
{
    let mut rewritten = String::new();
    for line in text.lines() {
        let owned = line.replace('\t', " ");
        if let Some(part) = choose(&owned) {
            rewritten.push_str(part);
            rewritten.push('\n');
        }
    }
    rewritten
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn before_comment(line: &str) -> Option<&str> {
        let code = line.split('#').next()?.trim();
        (!code.is_empty()).then_some(code)
    }

    fn whole(line: &str) -> Option<&str> {
        Some(line)
    }

    #[test]
    fn lines_are_cut_or_dropped() {
        let text = "a = 1 # one\n# nothing\n  b = 2";
        assert_eq!(rewrite_lines(text, before_comment), "a = 1\nb = 2\n");
    }

    #[test]
    fn tabs_are_spaces_when_the_choice_is_made() {
        let text = "x\ty";
        assert_eq!(rewrite_lines(text, |line| line.strip_prefix("x ")), "y\n");
    }

    #[test]
    fn an_empty_part_is_still_a_line() {
        // Some("") keeps the line, None drops it.
        assert_eq!(rewrite_lines("a\nb", |line| line.get(..0)), "\n\n");
        assert_eq!(rewrite_lines("a\nb", |_| None), "");
    }

    #[test]
    fn nothing_has_no_lines() {
        assert_eq!(rewrite_lines("", whole), "");
    }

    proptest! {
        #[test]
        fn choosing_all_of_it_keeps_the_lines(lines in prop::collection::vec("[a-z ]{0,5}", 0..6)) {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            prop_assert_eq!(rewrite_lines(&text, whole), text.clone());
        }
    }
}
