//! family: pipelines
//! split: validation

use tokio::sync::mpsc::{channel, Receiver};

/// Passes on the numbers that `prime` does not divide.
fn without_multiples(mut source: Receiver<u32>, prime: u32) -> Receiver<u32> {
    let (sender, output) = channel(4);
    tokio::spawn(async move {
        while let Some(number) = source.recv().await {
            if number % prime != 0 && sender.send(number).await.is_err() {
                break;
            }
        }
    });
    output
}

/// The first `count` primes, found by a chain of tasks: each prime adds a filter for its
/// multiples at the end.
pub async fn first_primes(count: usize) -> Vec<u32> {
    let (sender, mut source) = channel(4);
    tokio::spawn(async move {
        for number in 2.. {
            if sender.send(number).await.is_err() {
                break;
            }
        }
    });
    let mut primes = Vec::new();
    while primes.len() < count {
        let Some(prime) = source.recv().await else {
            break;
        };
        primes.push(prime);
        source = without_multiples(source, prime);
    }
    primes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_primes_are_known() {
        assert_eq!(first_primes(10).await, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
    }

    #[tokio::test]
    async fn no_primes_are_wanted_and_none_are_found() {
        assert!(first_primes(0).await.is_empty());
    }

    #[tokio::test]
    async fn a_filter_drops_multiples_and_ends_with_its_source() {
        let (sender, source) = channel(8);
        for number in [3, 4, 6, 7, 0] {
            sender.send(number).await.unwrap();
        }
        drop(sender);
        let mut output = without_multiples(source, 3);
        assert_eq!(output.recv().await, Some(4));
        assert_eq!(output.recv().await, Some(7));
        // Zero is a multiple of everything.
        assert_eq!(output.recv().await, None);
    }
}
