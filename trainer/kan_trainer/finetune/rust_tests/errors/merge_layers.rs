//! family: settings
//! split: train

use std::collections::BTreeMap;

#[derive(Debug, PartialEq)]
pub enum MergeError {
    Unknown { layer: usize, key: String },
    Locked { layer: usize, key: String },
}

/// One key of a layer of settings; a locked one cannot be changed by later layers.
pub struct Setting {
    pub key: &'static str,
    pub value: i32,
    pub locked: bool,
}

/// Lays settings over the defaults, later layers over earlier ones. Only keys of the defaults are
/// known, and setting a locked key to the value that it has is no change.
pub fn merge_layers(
    defaults: &BTreeMap<&'static str, i32>,
    layers: &[Vec<Setting>],
) -> Result<BTreeMap<&'static str, i32>, MergeError> {
    let mut merged = defaults.clone();
    let mut locks: BTreeMap<&str, usize> = BTreeMap::new();
    for (layer, settings) in layers.iter().enumerate() {
        for Setting { key, value, locked } in settings {
            let error_key = || key.to_string();
            let current = merged.get_mut(key);
            let current = current.ok_or_else(|| MergeError::Unknown {
                layer,
                key: error_key(),
            })?;
            let barred = locks.get(key).is_some_and(|&by| by < layer);
            if barred && current != value {
                return Err(MergeError::Locked {
                    layer,
                    key: error_key(),
                });
            }
            *current = *value;
            if *locked {
                locks.entry(key).or_insert(layer);
            }
        }
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(key: &'static str, value: i32) -> Setting {
        Setting {
            key,
            value,
            locked: false,
        }
    }

    fn merge(layers: &[Vec<Setting>]) -> Result<Vec<(&'static str, i32)>, MergeError> {
        let defaults = BTreeMap::from([("depth", 1), ("width", 2)]);
        merge_layers(&defaults, layers).map(|merged| merged.into_iter().collect())
    }

    #[test]
    fn later_layers_lie_over_earlier_ones() {
        let layers = [
            vec![set("depth", 5), set("width", 6)],
            vec![set("depth", 7)],
        ];
        assert_eq!(merge(&layers), Ok(vec![("depth", 7), ("width", 6)]));
        assert_eq!(merge(&[]), Ok(vec![("depth", 1), ("width", 2)]));
    }

    #[test]
    fn only_keys_with_a_default_are_known() {
        let expected = MergeError::Unknown {
            layer: 1,
            key: "height".to_string(),
        };
        assert_eq!(merge(&[vec![], vec![set("height", 1)]]), Err(expected));
    }

    #[test]
    fn a_lock_bars_later_layers_only() {
        let lock = || Setting {
            key: "depth",
            value: 5,
            locked: true,
        };
        // The same layer may still change its mind, a later one may only agree.
        assert_eq!(
            merge(&[vec![lock(), set("depth", 6)], vec![set("depth", 6)]]).unwrap()[0].1,
            6
        );
        let expected = MergeError::Locked {
            layer: 1,
            key: "depth".to_string(),
        };
        assert_eq!(merge(&[vec![lock()], vec![set("depth", 4)]]), Err(expected));
    }
}
