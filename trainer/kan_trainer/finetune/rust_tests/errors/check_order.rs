//! family: form-checks
//! split: train

use std::collections::BTreeMap;

/// One line of an order: an article and how many of it.
pub struct Line {
    pub article: &'static str,
    pub count: u32,
}

#[derive(Debug, PartialEq)]
pub enum OrderFault {
    UnknownArticle { line: usize },
    NoCount { line: usize },
    TooMany { line: usize, stock: u32 },
    Empty,
}

/// Checks every line of an order against the stock and returns the number of pieces. All faults are
/// collected, each with the index of its line.
pub fn check_order(lines: &[Line], stock: &BTreeMap<&str, u32>) -> Result<u32, Vec<OrderFault>> {
    let check = |(line, order): (usize, &Line)| match stock.get(order.article) {
        None => Err(OrderFault::UnknownArticle { line }),
        Some(_) if order.count == 0 => Err(OrderFault::NoCount { line }),
        Some(&stock) if order.count > stock => Err(OrderFault::TooMany { line, stock }),
        Some(_) => Ok(order.count),
    };
    let (fine, wrong): (Vec<_>, Vec<_>) =
        lines.iter().enumerate().map(check).partition(Result::is_ok);
    match (fine.len(), wrong.len()) {
        (0, 0) => Err(vec![OrderFault::Empty]),
        (_, 0) => Ok(fine.into_iter().flatten().sum()),
        _ => Err(wrong.into_iter().filter_map(Result::err).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[(&'static str, u32)]) -> Result<u32, Vec<OrderFault>> {
        let lines: Vec<Line> = lines
            .iter()
            .map(|&(article, count)| Line { article, count })
            .collect();
        check_order(&lines, &BTreeMap::from([("pen", 5), ("ink", 2)]))
    }

    #[test]
    fn the_pieces_of_a_sound_order_are_counted() {
        assert_eq!(check(&[("pen", 3), ("ink", 1)]), Ok(4));
    }

    #[test]
    fn the_whole_stock_may_be_ordered_and_no_more() {
        assert_eq!(check(&[("ink", 2)]), Ok(2));
        assert_eq!(
            check(&[("ink", 3)]),
            Err(vec![OrderFault::TooMany { line: 0, stock: 2 }])
        );
    }

    #[test]
    fn an_order_has_a_line() {
        assert_eq!(check(&[]), Err(vec![OrderFault::Empty]));
    }

    #[test]
    fn all_faults_are_collected_with_their_lines() {
        let expected = vec![
            OrderFault::NoCount { line: 0 },
            OrderFault::UnknownArticle { line: 2 },
            OrderFault::TooMany { line: 3, stock: 5 },
        ];
        // The sound line between them changes nothing.
        assert_eq!(
            check(&[("ink", 0), ("pen", 1), ("cup", 0), ("pen", 6)]),
            Err(expected)
        );
    }
}
