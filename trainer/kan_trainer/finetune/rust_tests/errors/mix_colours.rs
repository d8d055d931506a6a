//! family: colours
//! split: validation

use std::fmt;

#[derive(Debug, PartialEq)]
pub enum MixError {
    NoColours,
    WeightCount { colours: usize, weights: usize },
    NoWeight,
}

impl fmt::Display for MixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MixError::NoColours => write!(f, "nothing to mix"),
            MixError::WeightCount { colours, weights } => {
                write!(f, "{weights} weights for {colours} colours")
            }
            MixError::NoWeight => write!(f, "all weights are zero"),
        }
    }
}

impl std::error::Error for MixError {}

/// The mean of grey values by weight, rounded to the nearest, halves up.
pub fn mix(colours: &[u8], weights: &[u16]) -> Result<u8, MixError> {
    if colours.is_empty() {
        return Err(MixError::NoColours);
    }
    if colours.len() != weights.len() {
        return Err(MixError::WeightCount {
            colours: colours.len(),
            weights: weights.len(),
        });
    }
    let total: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
    let parts = colours
        .iter()
        .zip(weights)
        .map(|(&c, &w)| u64::from(c) * u64::from(w));
    let doubled = parts.sum::<u64>() * 2 + total;
    let mean = doubled.checked_div(total * 2).ok_or(MixError::NoWeight)?;
    Ok(mean as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn weights_pull_the_mean() {
        assert_eq!(mix(&[0, 200], &[1, 3]), Ok(150));
        assert_eq!(mix(&[7], &[9]), Ok(7));
        assert_eq!(mix(&[255, 3], &[u16::MAX, 0]), Ok(255));
    }

    #[test]
    fn halves_are_rounded_up() {
        assert_eq!(mix(&[0, 1], &[1, 1]), Ok(1));
        assert_eq!(mix(&[0, 1], &[2, 1]), Ok(0));
    }

    #[test]
    fn each_refusal_says_what_is_missing() {
        let refusal =
            |colours: &[u8], weights: &[u16]| mix(colours, weights).unwrap_err().to_string();
        assert_eq!(refusal(&[], &[1]), "nothing to mix");
        assert_eq!(refusal(&[1, 2], &[1]), "1 weights for 2 colours");
        // Weights are there, but none counts.
        assert_eq!(refusal(&[1, 2], &[0, 0]), "all weights are zero");
    }

    proptest! {
        #[test]
        fn a_mixture_lies_between_its_colours(a: u8, b: u8, first in 1u16.., second: u16) {
            let mean = mix(&[a, b], &[first, second]).unwrap();
            prop_assert!((a.min(b)..=a.max(b)).contains(&mean));
        }
    }
}
