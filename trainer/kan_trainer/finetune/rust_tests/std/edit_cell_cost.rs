//! family: macros
//! split: train

/// The smallest of one or more expressions, each evaluated once.
macro_rules! smallest {
    ($only:expr) => { $only };
    ($first:expr, $($rest:expr),+) => {{
        let (first, rest) = ($first, smallest!($($rest),+));
        if rest < first { rest } else { first }
    }};
}

/// The cost of one cell of an edit distance, from its three neighbours.
pub fn edit_cell_cost(left: u32, above: u32, diagonal: u32, same: bool) -> u32 {
    smallest!(left + 1, above + 1, diagonal + u32::from(!same))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_costs_nothing() {
        assert_eq!(edit_cell_cost(3, 3, 2, true), 2);
        assert_eq!(edit_cell_cost(3, 3, 2, false), 3);
    }

    #[test]
    fn each_of_the_three_may_be_the_smallest() {
        assert_eq!(edit_cell_cost(1, 9, 9, true), 2);
        assert_eq!(edit_cell_cost(9, 1, 9, true), 2);
        assert_eq!(edit_cell_cost(9, 9, 1, false), 2);
    }

    #[test]
    fn every_expression_is_evaluated_once() {
        // A careless macro would call the closure again for its result.
        let mut calls = 0;
        let mut next = || {
            calls += 1;
            10 - calls
        };
        assert_eq!(smallest!(next(), next(), next()), 7);
        assert_eq!(calls, 3);
    }
}
