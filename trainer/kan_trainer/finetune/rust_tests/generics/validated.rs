//! family: checked-wrappers
//! split: test

use std::fmt::Display;
use std::marker::PhantomData;

/// What a value has to satisfy, and how it is mended beforehand.
pub trait Requirement<T> {
    const MESSAGE: &'static str;

    fn mend(value: T) -> T {
        value
    }

    fn satisfied(value: &T) -> bool;
}

/// A value that is known to satisfy `R`.
#[derive(Debug)]
pub struct Validated<T, R> {
    value: T,
    requirement: PhantomData<R>,
}

impl<T: Display, R: Requirement<T>> Validated<T, R> {
    pub fn new(value: T) -> Result<Self, String> {
        let value = R::mend(value);
        if !R::satisfied(&value) {
            return Err(format!("{value} {}", R::MESSAGE));
        }
        Ok(Validated {
            value,
            requirement: PhantomData,
        })
    }

    pub fn into_inner(self) -> T {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Even;

    impl Requirement<i32> for Even {
        const MESSAGE: &'static str = "is odd";

        fn satisfied(value: &i32) -> bool {
            value % 2 == 0
        }
    }

    #[derive(Debug)]
    struct Word;

    impl Requirement<String> for Word {
        const MESSAGE: &'static str = "is no word";

        fn mend(value: String) -> String {
            value.trim().to_string()
        }

        fn satisfied(value: &String) -> bool {
            !value.is_empty() && value.chars().all(char::is_alphabetic)
        }
    }

    #[test]
    fn a_good_value_passes_unchanged() {
        assert_eq!(Validated::<_, Even>::new(4).unwrap().into_inner(), 4);
    }

    #[test]
    fn a_bad_value_is_named_in_the_error() {
        assert_eq!(Validated::<_, Even>::new(5).unwrap_err(), "5 is odd");
    }

    #[test]
    fn values_are_mended_before_they_are_judged() {
        let word = Validated::<_, Word>::new(" hello ".to_string());
        assert_eq!(word.unwrap().into_inner(), "hello");
        // So is what the error says.
        let error = Validated::<_, Word>::new(" two words ".to_string()).unwrap_err();
        assert_eq!(error, "two words is no word");
    }
}
