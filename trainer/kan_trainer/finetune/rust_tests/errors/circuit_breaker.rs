//! family: attempts
//! split: train

#[derive(Debug, PartialEq)]
pub enum CallError<E> {
    Open { skips_left: u32 },
    Failed(E),
}

/// Guards calls that fail: after `limit` failures in a row it is open, and refuses the next `pause`
/// calls without making them.
pub struct Breaker {
    limit: u32,
    pause: u32,
    failures: u32,
    skips: u32,
}

impl Breaker {
    pub fn new(limit: u32, pause: u32) -> Self {
        Breaker {
            limit,
            pause,
            failures: 0,
            skips: 0,
        }
    }

    /// Makes the call, or refuses it where the breaker is open.
    pub fn call<T, E>(&mut self, action: impl FnOnce() -> Result<T, E>) -> Result<T, CallError<E>> {
        if let Some(skips_left) = self.skips.checked_sub(1) {
            self.skips = skips_left;
            return Err(CallError::Open { skips_left });
        }
        let result = action();
        self.failures = if result.is_ok() { 0 } else { self.failures + 1 };
        if self.failures >= self.limit {
            self.skips = self.pause;
        }
        result.map_err(CallError::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breaker: &mut Breaker) -> Result<(), CallError<&'static str>> {
        breaker.call(|| Err("down"))
    }

    fn succeed(breaker: &mut Breaker) -> Result<u8, CallError<&'static str>> {
        breaker.call(|| Ok(1))
    }

    #[test]
    fn it_opens_after_failures_in_a_row() {
        let mut breaker = Breaker::new(2, 2);
        assert_eq!(fail(&mut breaker), Err(CallError::Failed("down")));
        assert_eq!(fail(&mut breaker), Err(CallError::Failed("down")));
        assert_eq!(
            succeed(&mut breaker),
            Err(CallError::Open { skips_left: 1 })
        );
        assert!(succeed(&mut breaker).is_err());
        assert_eq!(succeed(&mut breaker), Ok(1));
    }

    #[test]
    fn a_success_between_failures_keeps_it_closed() {
        let mut breaker = Breaker::new(2, 9);
        for _ in 0..3 {
            assert_eq!(fail(&mut breaker), Err(CallError::Failed("down")));
            assert_eq!(succeed(&mut breaker), Ok(1));
        }
    }

    #[test]
    fn one_more_failure_after_the_pause_opens_it_again() {
        let mut breaker = Breaker::new(3, 1);
        (0..3).for_each(|_| assert_eq!(fail(&mut breaker), Err(CallError::Failed("down"))));
        assert_eq!(fail(&mut breaker), Err(CallError::Open { skips_left: 0 }));
        // The failures from before the pause still count.
        assert_eq!(fail(&mut breaker), Err(CallError::Failed("down")));
        assert!(succeed(&mut breaker).is_err());
    }
}
