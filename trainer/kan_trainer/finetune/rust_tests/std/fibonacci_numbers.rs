//! family: iterators
//! split: train

/// The Fibonacci numbers from 0 on, until one no longer fits.
pub struct Fibonacci {
    current: Option<u32>,
    next: Option<u32>,
}

/// Starts with the first two, 0 and 1.
pub fn fibonacci_numbers() -> Fibonacci {
    Fibonacci {
        current: Some(0),
        next: Some(1),
    }
}

impl Iterator for Fibonacci {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let current = self.current?;
        let sum = self.next.and_then(|next| current.checked_add(next));
        self.current = self.next;
        self.next = sum;
        Some(current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_begin_with_zero_and_one() {
        assert_eq!(
            fibonacci_numbers().take(8).collect::<Vec<_>>(),
            [0, 1, 1, 2, 3, 5, 8, 13]
        );
    }

    #[test]
    fn every_number_is_the_sum_of_the_two_before() {
        let all: Vec<u32> = fibonacci_numbers().collect();
        assert!(all.windows(3).all(|three| three[0] + three[1] == three[2]));
    }

    #[test]
    fn the_last_is_the_largest_that_fits() {
        // The next one would be 4,807,526,976.
        assert_eq!(fibonacci_numbers().last(), Some(2_971_215_073));
        assert_eq!(fibonacci_numbers().count(), 48);
    }
}
