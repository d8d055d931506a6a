//! family: higher-order
//! split: test

/// Calls `attempt` with 1, 2, 3 … until it succeeds or `limit` calls have failed.
///
/// All errors are returned where none succeeded, the first one first.
pub fn retry<T, E, F>(limit: u32, mut attempt: F) -> Result<T, Vec<E>>
where
    F: FnMut(u32) -> Result<T, E>,
{
    let mut errors = Vec::new();
    for number in 1..=limit {
        match attempt(number) {
            Ok(value) => return Ok(value),
            Err(error) => errors.push(error),
        }
    }
    Err(errors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_success_is_returned() {
        let mut calls = 0;
        let result = retry(5, |number| {
            calls += 1;
            if number < 3 {
                Err("not yet")
            } else {
                Ok(number * 10)
            }
        });
        assert_eq!(result, Ok(30));
        assert_eq!(calls, 3);
    }

    #[test]
    fn every_error_is_reported_in_order() {
        let result: Result<(), _> = retry(3, |number| Err(format!("failure {number}")));
        assert_eq!(result.unwrap_err(), ["failure 1", "failure 2", "failure 3"]);
    }

    #[test]
    fn the_last_attempt_still_counts() {
        // With a limit of two, the second is still made.
        assert_eq!(
            retry(2, |number| if number == 2 { Ok('x') } else { Err(()) }),
            Ok('x')
        );
    }

    #[test]
    fn without_attempts_there_is_neither_value_nor_error() {
        // The closure would panic if it were called.
        let result = retry(0, |_| -> Result<u8, u8> { unreachable!() });
        assert_eq!(result, Err(vec![]));
    }

    proptest! {
        #[test]
        fn it_succeeds_where_the_limit_is_reached_late_enough(limit in 0u32..20, needed in 1u32..20) {
            let result = retry(limit, |number| if number >= needed { Ok(number) } else { Err(number) });
            if needed <= limit {
                prop_assert_eq!(result, Ok(needed));
            } else {
                prop_assert_eq!(result, Err((1..=limit).collect()));
            }
        }
    }
}
