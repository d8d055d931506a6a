//! family: attempts
//! split: train

#[derive(Debug, PartialEq)]
pub enum Failure<E> {
    Fatal(E),
    Exhausted { attempts: u32, last: E },
}

/// Calls `attempt` with the number of the try, from one, until it succeeds. An error that is not
/// worth another try ends it at once; so does the last of the `most` tries, of which there is at
/// least one.
pub fn retry_while<T, E>(
    most: u32,
    mut attempt: impl FnMut(u32) -> Result<T, E>,
    worth_it: impl Fn(&E) -> bool,
) -> Result<T, Failure<E>> {
    let mut attempts = 1;
    loop {
        match attempt(attempts) {
            Ok(value) => return Ok(value),
            Err(error) if !worth_it(&error) => return Err(Failure::Fatal(error)),
            Err(last) if attempts >= most => return Err(Failure::Exhausted { attempts, last }),
            Err(_) => attempts += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Fails until the given try; errors are the number of the try.
    fn until(success: u32) -> impl FnMut(u32) -> Result<&'static str, u32> {
        move |attempt| {
            if attempt == success {
                Ok("done")
            } else {
                Err(attempt)
            }
        }
    }

    #[test]
    fn the_first_success_ends_it() {
        assert_eq!(retry_while(5, until(1), |_| true), Ok("done"));
        assert_eq!(retry_while(3, until(3), |_| true), Ok("done"));
    }

    #[test]
    fn the_last_error_comes_back_when_all_tries_are_used() {
        let expected = Failure::Exhausted {
            attempts: 3,
            last: 3,
        };
        assert_eq!(retry_while(3, until(4), |_| true), Err(expected));
        // There is no way to try less than once.
        let expected = Failure::Exhausted {
            attempts: 1,
            last: 1,
        };
        assert_eq!(retry_while(0, until(2), |_| true), Err(expected));
    }

    #[test]
    fn a_fatal_error_is_not_retried() {
        assert_eq!(
            retry_while(9, until(5), |&error| error < 2),
            Err(Failure::Fatal(2))
        );
        // Even in the last try it is called fatal.
        assert_eq!(retry_while(1, until(5), |_| false), Err(Failure::Fatal(1)));
    }

    proptest! {
        #[test]
        fn it_succeeds_exactly_when_there_are_enough_tries(most in 1u32..20, success in 1u32..20) {
            let mut calls = 0;
            let mut inner = until(success);
            let result = retry_while(most, |n| { calls += 1; inner(n) }, |_| true);
            prop_assert_eq!(result.is_ok(), success <= most);
            prop_assert_eq!(calls, success.min(most));
        }
    }
}
