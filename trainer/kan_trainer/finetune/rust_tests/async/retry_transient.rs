//! family: retry
//! split: test

use std::future::Future;

/// Whether another attempt makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    Transient(u8),
    Permanent(u8),
}

/// Repeats a request after transient failures, at most `retries` times; a permanent one ends it
/// at once. Returns the answer with the number of retries used, or the failure.
pub async fn retry_transient<T, F>(
    retries: usize,
    request: impl Fn(usize) -> F,
) -> Result<(T, usize), Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut used = 0;
    loop {
        match request(used).await {
            Ok(answer) => return Ok((answer, used)),
            Err(Failure::Transient(_)) if used < retries => used += 1,
            Err(failure) => return Err(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn run(retries: usize, script: &str) -> Result<(char, usize), Failure> {
        retry_transient(retries, |call| {
            let code = call as u8;
            std::future::ready(match script.as_bytes()[call] {
                b't' => Err(Failure::Transient(code)),
                b'p' => Err(Failure::Permanent(code)),
                answer => Ok(char::from(answer)),
            })
        })
        .await
    }

    #[tokio::test]
    async fn transient_failures_are_retried() {
        assert_eq!(run(3, "A").await, Ok(('A', 0)));
        assert_eq!(run(3, "ttA").await, Ok(('A', 2)));
    }

    #[tokio::test]
    async fn a_permanent_failure_ends_it_at_once() {
        assert_eq!(run(9, "tpA").await, Err(Failure::Permanent(1)));
    }

    #[tokio::test]
    async fn no_retries_means_a_single_request() {
        // The answer would come second, but nobody asks again.
        assert_eq!(run(0, "tA").await, Err(Failure::Transient(0)));
    }

    proptest! {
        #[test]
        fn it_succeeds_where_the_retries_suffice(failures in 0usize..6, retries in 0usize..6) {
            let script = "t".repeat(failures) + "A";
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let result = runtime.block_on(run(retries, &script));
            if failures <= retries {
                prop_assert_eq!(result, Ok(('A', failures)));
            } else {
                prop_assert_eq!(result, Err(Failure::Transient(retries as u8)));
            }
        }
    }
}
