//! family: settings
//! split: train

use std::collections::BTreeMap;

#[derive(Debug, PartialEq)]
pub enum MergeError<'a> {
    Unknown { layer: usize, key: &'a str },
    Locked { layer: usize, key: &'a str },
}

/// Lays settings over the defaults, later layers over earlier ones. Only keys of the defaults are
/// known, and a locked key keeps its default: a layer may repeat that value, but not change it.
pub fn merge_layers<'a>(
    defaults: &BTreeMap<&'a str, i32>,
    locked: &[&str],
    layers: &[&[(&'a str, i32)]],
) -> Result<BTreeMap<&'a str, i32>, MergeError<'a>> {
    let mut merged = defaults.clone();
    for (layer, settings) in layers.iter().enumerate() {
        for &(key, value) in *settings {
            let current = merged
                .get_mut(key)
                .ok_or(MergeError::Unknown { layer, key })?;
            if *current != value && locked.contains(&key) {
                return Err(MergeError::Locked { layer, key });
            }
            *current = value;
        }
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Layer = [(&'static str, i32)];

    fn merge(layers: &[&Layer]) -> Result<Vec<(&'static str, i32)>, MergeError<'static>> {
        let defaults = BTreeMap::from([("depth", 1), ("seed", 9), ("width", 2)]);
        merge_layers(&defaults, &["seed"], layers).map(|merged| merged.into_iter().collect())
    }

    #[test]
    fn later_layers_lie_over_earlier_ones() {
        let merged = merge(&[&[("depth", 5), ("width", 6)], &[("depth", 7)]]);
        assert_eq!(merged, Ok(vec![("depth", 7), ("seed", 9), ("width", 6)]));
        assert_eq!(
            merge(&[]),
            Ok(vec![("depth", 1), ("seed", 9), ("width", 2)])
        );
    }

    #[test]
    fn only_keys_with_a_default_are_known() {
        let expected = MergeError::Unknown {
            layer: 1,
            key: "height",
        };
        assert_eq!(merge(&[&[], &[("depth", 3), ("height", 1)]]), Err(expected));
    }

    #[test]
    fn a_locked_key_may_be_repeated_but_not_changed() {
        assert!(merge(&[&[("seed", 9)]]).is_ok());
        let expected = MergeError::Locked {
            layer: 0,
            key: "seed",
        };
        assert_eq!(merge(&[&[("seed", 8)], &[("seed", 9)]]), Err(expected));
    }
}
