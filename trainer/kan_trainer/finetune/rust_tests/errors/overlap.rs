//! family: options
//! split: train

/// A range of positions whose ends may be open; both bounds belong to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    pub from: Option<i32>,
    pub to: Option<i32>,
}

/// The positions that lie in both spans; `None` where there are none.
pub fn overlap(a: Span, b: Span) -> Option<Span> {
    let tighter = |x: Option<i32>, y: Option<i32>, pick: fn(i32, i32) -> i32| match x.zip(y) {
        Some((x, y)) => Some(pick(x, y)),
        None => x.or(y),
    };
    let from = tighter(a.from, b.from, i32::max);
    let to = tighter(a.to, b.to, i32::min);
    let empty = from.zip(to).is_some_and(|(from, to)| from > to);
    (!empty).then_some(Span { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(from: impl Into<Option<i32>>, to: impl Into<Option<i32>>) -> Span {
        Span {
            from: from.into(),
            to: to.into(),
        }
    }

    #[test]
    fn closed_spans_share_their_middle() {
        assert_eq!(overlap(span(1, 5), span(3, 9)), Some(span(3, 5)));
        assert_eq!(overlap(span(3, 9), span(1, 5)), Some(span(3, 5)));
    }

    #[test]
    fn touching_spans_share_one_position() {
        assert_eq!(overlap(span(1, 5), span(5, 9)), Some(span(5, 5)));
        assert_eq!(overlap(span(1, 4), span(5, 9)), None);
    }

    #[test]
    fn an_open_end_takes_the_bound_of_the_other() {
        assert_eq!(overlap(span(None, 5), span(2, None)), Some(span(2, 5)));
        assert_eq!(
            overlap(span(3, None), span(None, None)),
            Some(span(3, None))
        );
        // Open on the far sides, they still miss each other.
        assert_eq!(overlap(span(None, 1), span(2, None)), None);
    }

    proptest! {
        #[test]
        fn a_position_is_in_the_overlap_when_it_is_in_both(
            a: (Option<i32>, Option<i32>),
            b: (Option<i32>, Option<i32>),
            at: i32,
        ) {
            let (a, b) = (span(a.0, a.1), span(b.0, b.1));
            let holds = |s: Span| s.from <= Some(at) && s.to.is_none_or(|to| to >= at);
            prop_assert_eq!(overlap(a, b).is_some_and(holds), holds(a) && holds(b));
        }
    }
}
