//! family: memoisers
//! split: validation

use std::collections::BTreeMap;

/// A function that may call itself through its second argument.
pub type Rule<'r, A, R> = dyn Fn(&A, &mut dyn FnMut(A) -> R) -> R + 'r;

/// Computes a recursive function that reaches its own smaller results through a `recall` handed to it.
///
/// Every argument is computed once, however often it is recalled.
pub fn memoised_recursion<A, R>(argument: A, known: &mut BTreeMap<A, R>, rule: &Rule<'_, A, R>) -> R
where
    A: Ord,
    R: Clone,
{
    if let Some(result) = known.get(&argument) {
        return result.clone();
    }
    let result = rule(&argument, &mut |smaller| {
        memoised_recursion(smaller, known, rule)
    });
    known.insert(argument, result.clone());
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fibonacci(n: &u32, recall: &mut dyn FnMut(u32) -> u64) -> u64 {
        match *n {
            0 | 1 => u64::from(*n),
            n => recall(n - 1) + recall(n - 2),
        }
    }

    #[test]
    fn a_function_that_branches_is_still_quick() {
        // Without memory this takes 2^90 steps.
        let result = memoised_recursion(90, &mut BTreeMap::new(), &fibonacci);
        assert_eq!(result, 2_880_067_194_370_816_120);
    }

    #[test]
    fn every_argument_is_remembered() {
        let mut known = BTreeMap::new();
        memoised_recursion(5, &mut known, &fibonacci);
        let results: Vec<u64> = known.into_values().collect();
        assert_eq!(results, [0, 1, 1, 2, 3, 5]);
    }

    #[test]
    fn what_is_known_beforehand_is_believed() {
        // 1 is said to give 100, and so 2 gives 100 + 0.
        let mut known = BTreeMap::from([(1, 100), (0, 0)]);
        assert_eq!(memoised_recursion(2, &mut known, &fibonacci), 100);
    }

    #[test]
    fn arguments_may_be_pairs() {
        // The number of ways through a grid.
        let ways = memoised_recursion(
            (3u8, 2u8),
            &mut BTreeMap::new(),
            &|cell, recall| match *cell {
                (0, _) | (_, 0) => 1,
                (x, y) => recall((x - 1, y)) + recall((x, y - 1)),
            },
        );
        assert_eq!(ways, 10);
    }
}
