//! family: memoisers
//! split: validation

use std::collections::HashMap;
use std::hash::Hash;

/// Remembers the results of a function by its argument.
pub struct Memo<A, R, F> {
    function: F,
    known: HashMap<A, R>,
}

impl<A, R, F> Memo<A, R, F>
where
    A: Hash + Eq + Clone,
    F: FnMut(A) -> R,
{
    pub fn new(function: F) -> Self {
        Memo {
            function,
            known: HashMap::new(),
        }
    }

    /// The result for `argument`, computed the first time it is asked for.
    pub fn get(&mut self, argument: A) -> &R {
        let function = &mut self.function;
        self.known
            .entry(argument.clone())
            .or_insert_with(|| function(argument))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_result_is_computed_once() {
        let mut calls = 0;
        let mut lengths = Memo::new(|word: &str| {
            calls += 1;
            word.len()
        });
        assert_eq!(*lengths.get("four"), 4);
        assert_eq!(*lengths.get("four"), 4);
        assert_eq!(*lengths.get("to"), 2);
        assert_eq!(calls, 2);
    }

    #[test]
    fn even_a_changing_function_keeps_its_first_answer() {
        // The counter moves on, what was remembered does not.
        let mut counter = 0;
        let mut memo = Memo::new(|_: char| {
            counter += 1;
            counter
        });
        assert_eq!([*memo.get('a'), *memo.get('b'), *memo.get('a')], [1, 2, 1]);
    }

    proptest! {
        #[test]
        fn it_answers_as_the_function_does(arguments in prop::collection::vec(any::<u8>(), 0..30)) {
            let square = |n: u8| u16::from(n) * u16::from(n);
            let mut memo = Memo::new(square);
            for argument in arguments {
                prop_assert_eq!(*memo.get(argument), square(argument));
            }
        }
    }
}
