//! family: cursors
//! split: train

/// A line of an outline: how deep it is indented, and its text.
#[derive(Debug, PartialEq)]
pub struct Entry<'a> {
    pub depth: usize,
    pub text: &'a str,
}

/// Reads the lines of an outline, blank ones left out; `width` spaces are one step of depth.
///
/// # Panics
/// Where `width` is zero.
pub fn read_outline(outline: &str, width: usize) -> impl Iterator<Item = Entry<'_>> {
    assert!(width > 0, "an indent needs a width");
    outline.lines().filter_map(move |line| {
        let text = line.trim_start_matches(' ');
        let indent = line.len() - text.len();
        let text = text.trim_end();
        (!text.is_empty()).then_some(Entry {
            depth: indent / width,
            text,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(depth: usize, text: &str) -> Entry<'_> {
        Entry { depth, text }
    }

    #[test]
    fn the_depth_is_counted_in_steps() {
        let lines = read_outline("fruit\n  apple\n    red \n", 2);
        let expected = [entry(0, "fruit"), entry(1, "apple"), entry(2, "red")];
        assert!(lines.eq(expected));
    }

    #[test]
    fn blank_lines_are_left_out() {
        // A line of spaces alone is blank, too.
        assert!(read_outline("a\n\n    \nb", 4).eq([entry(0, "a"), entry(0, "b")]));
    }

    #[test]
    fn an_incomplete_step_does_not_count() {
        // Seven spaces are one step of four, and three too few for another.
        assert!(read_outline("       x", 4).eq([entry(1, "x")]));
        assert!(read_outline("   x", 1).eq([entry(3, "x")]));
    }

    #[test]
    #[should_panic(expected = "an indent needs a width")]
    fn a_width_of_zero_is_refused() {
        let _ = read_outline("a", 0);
    }
}
