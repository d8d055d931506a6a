//! family: keyed-containers
//! split: train

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Gives every distinct value a small number, and finds each by the other.
#[derive(Default)]
pub struct Interner<T> {
    numbers: HashMap<T, usize>,
    values: Vec<T>,
}

impl<T: Hash + Eq + Clone> Interner<T> {
    /// The number of `value`, which is a new one where the value has not been seen.
    pub fn intern<Q>(&mut self, value: &Q) -> usize
    where
        T: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = T> + ?Sized,
    {
        if let Some(&number) = self.numbers.get(value) {
            return number;
        }
        let number = self.values.len();
        self.numbers.insert(value.to_owned(), number);
        self.values.push(value.to_owned());
        number
    }

    pub fn resolve(&self, number: usize) -> Option<&T> {
        self.values.get(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_values_share_a_number() {
        let mut names = Interner::<String>::default();
        let numbers = ["x", "y", "x", "z", "y"].map(|name| names.intern(name));
        assert_eq!(numbers, [0, 1, 0, 2, 1]);
    }

    #[test]
    fn a_number_leads_back_to_its_value() {
        let mut names = Interner::<String>::default();
        let number = names.intern("count");
        assert_eq!(names.resolve(number).map(String::as_str), Some("count"));
        // One past the last number is nobody's.
        assert_eq!(names.resolve(number + 1), None);
    }

    #[test]
    fn slices_are_interned_as_vectors() {
        // The empty slice is a value like any other.
        let mut paths = Interner::<Vec<u8>>::default();
        assert_eq!(paths.intern(&[1, 2][..]), 0);
        assert_eq!(paths.intern(&vec![1, 2][..]), 0);
        assert_eq!(paths.intern(&[][..]), 1);
    }

    proptest! {
        #[test]
        fn every_value_comes_back(values in prop::collection::vec("[ab]{0,3}", 0..20)) {
            let mut names = Interner::<String>::default();
            let numbers: Vec<usize> = values.iter().map(|value| names.intern(value.as_str())).collect();
            let distinct: std::collections::HashSet<&String> = values.iter().collect();
            prop_assert_eq!(names.values.len(), distinct.len());
            for (number, value) in numbers.into_iter().zip(&values) {
                prop_assert_eq!(names.resolve(number), Some(value));
            }
        }
    }
}
