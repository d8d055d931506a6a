//! family: text-format
//! split: train

/// Pads a text with `fill` on both sides to `width` characters, the odd one to the right.
pub fn centre(text: &str, width: usize, fill: char) -> String {
    let missing = width.saturating_sub(text.chars().count());
    let left = missing / 2;
    let mut line = String::new();
    line.extend(std::iter::repeat_n(fill, left));
    line.push_str(text);
    line.extend(std::iter::repeat_n(fill, missing - left));
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_odd_cell_goes_to_the_right() {
        // Three cells are missing: one left, two right.
        assert_eq!(centre("ab", 5, '.'), ".ab..");
        assert_eq!(centre("ab", 6, '.'), "..ab..");
    }

    #[test]
    fn a_text_that_is_wide_enough_stays() {
        assert_eq!(centre("abc", 3, ' '), "abc");
        assert_eq!(centre("abc", 2, ' '), "abc");
        assert_eq!(centre("", 2, '→'), "→→");
    }

    proptest! {
        #[test]
        fn both_sides_differ_by_one_at_most(text in "[a-zä]{0,8}", width in 0usize..20) {
            let line = centre(&text, width, ' ');
            prop_assert_eq!(line.chars().count(), width.max(text.chars().count()));
            prop_assert_eq!(line.trim(), text.as_str());
            let left = line.len() - line.trim_start().len();
            let right = line.len() - line.trim_end().len();
            prop_assert!(text.is_empty() || left == right || left + 1 == right);
        }
    }
}
