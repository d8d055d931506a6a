//! family: stock
//! split: test

use std::collections::BTreeMap;

/// Pieces that an order wants and the stock does not have.
#[derive(Debug, PartialEq)]
pub struct Shortage {
    pub article: String,
    pub missing: u32,
}

/// Takes all wanted articles out of the stock, or none: on a shortage the stock is left as it was,
/// and everything that is missing is returned, ordered by article.
pub fn reserve_all(
    stock: &mut BTreeMap<String, u32>,
    wanted: &[(&str, u32)],
) -> Result<(), Vec<Shortage>> {
    let mut sums: BTreeMap<&str, u32> = BTreeMap::new();
    for &(article, count) in wanted {
        let sum = sums.entry(article).or_default();
        *sum = sum.saturating_add(count);
    }
    let held = |article: &str| stock.get(article).copied().unwrap_or(0);
    let lacking = sums.iter().filter(|&(article, &sum)| sum > held(article));
    let shortages: Vec<Shortage> = lacking
        .map(|(article, sum)| Shortage {
            article: article.to_string(),
            missing: sum - held(article),
        })
        .collect();
    if !shortages.is_empty() {
        return Err(shortages);
    }
    for (article, sum) in sums {
        stock
            .entry(article.to_string())
            .and_modify(|held| *held -= sum);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock() -> BTreeMap<String, u32> {
        BTreeMap::from([("ink".to_string(), 3), ("pen".to_string(), 5)])
    }

    fn short(article: &str, missing: u32) -> Shortage {
        Shortage {
            article: article.to_string(),
            missing,
        }
    }

    #[test]
    fn the_whole_stock_can_be_taken() {
        let mut left = stock();
        assert_eq!(
            reserve_all(&mut left, &[("pen", 2), ("ink", 3), ("pen", 2)]),
            Ok(())
        );
        assert_eq!((left["ink"], left["pen"]), (0, 1));
    }

    #[test]
    fn a_shortage_leaves_the_stock_as_it_was() {
        let mut left = stock();
        let wanted = [("pen", 1), ("ink", 4), ("cup", 2)];
        let expected = vec![short("cup", 2), short("ink", 1)];
        assert_eq!(reserve_all(&mut left, &wanted), Err(expected));
        assert_eq!(left, stock());
    }

    #[test]
    fn wishes_for_the_same_article_add_up() {
        // Either one could be fulfilled alone.
        let result = reserve_all(&mut stock(), &[("pen", 3), ("pen", 3)]);
        assert_eq!(result, Err(vec![short("pen", 1)]));
    }

    #[test]
    fn wanting_none_of_something_unknown_is_no_shortage() {
        let mut left = stock();
        assert_eq!(reserve_all(&mut left, &[("cup", 0)]), Ok(()));
        assert_eq!(left, stock());
    }
}
