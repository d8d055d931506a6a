//! family: dyn-traits
//! split: train

use std::collections::BTreeMap;

/// Why an expression has no value.
#[derive(Debug, PartialEq)]
pub enum Failure<'e> {
    Unknown(&'e str),
    TooFewOperands,
}

/// A binary operator, boxed so that closures of all kinds go together.
pub type Operator<T> = Box<dyn Fn(T, T) -> T>;

/// Named binary operators over `T`.
pub struct Registry<T> {
    operators: BTreeMap<&'static str, Operator<T>>,
}

impl<T: std::str::FromStr> Registry<T> {
    pub fn new<const N: usize>(operators: [(&'static str, Operator<T>); N]) -> Self {
        let operators = BTreeMap::from(operators);
        Registry { operators }
    }

    /// The value of an expression in postfix order, such as `1 2 +`: what is left on top of the stack.
    pub fn evaluate<'e>(&self, postfix: &'e str) -> Result<T, Failure<'e>> {
        let mut stack = Vec::new();
        for word in postfix.split_whitespace() {
            let value = match self.operators.get(word) {
                None => word.parse().map_err(|_| Failure::Unknown(word))?,
                Some(operator) => {
                    let right = stack.pop().ok_or(Failure::TooFewOperands)?;
                    operator(stack.pop().ok_or(Failure::TooFewOperands)?, right)
                }
            };
            stack.push(value);
        }
        stack.pop().ok_or(Failure::TooFewOperands)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn arithmetic() -> Registry<i32> {
        Registry::new([("-", Box::new(|a, b| a - b)), ("*", Box::new(|a, b| a * b))])
    }

    #[test]
    fn operands_keep_their_order() {
        assert_eq!(arithmetic().evaluate("10 4 -"), Ok(6));
    }

    #[test]
    fn a_literal_is_its_own_value() {
        // "-5" is a number, "-" an operator.
        assert_eq!(arithmetic().evaluate(" -5 "), Ok(-5));
    }

    #[test]
    fn unknown_words_are_named() {
        assert_eq!(arithmetic().evaluate("1 2 /"), Err(Failure::Unknown("/")));
    }

    #[test]
    fn missing_operands_are_reported() {
        assert_eq!(arithmetic().evaluate("1 -"), Err(Failure::TooFewOperands));
        assert_eq!(arithmetic().evaluate(""), Err(Failure::TooFewOperands));
    }

    proptest! {
        #[test]
        fn a_chain_is_computed_from_the_left(first in -99i32..99, others in prop::collection::vec(-99i32..99, 0..9)) {
            let chain: String = others.iter().map(|n| format!(" {n} -")).collect();
            let expected = others.iter().fold(first, |left, n| left - n);
            let postfix = format!("{first}{chain}");
            prop_assert_eq!(arithmetic().evaluate(&postfix), Ok(expected));
        }
    }
}
