//! family: settings
//! split: train

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::num::ParseIntError;

/// What went wrong with a setting, and beneath it why.
#[derive(Debug)]
pub struct SettingError {
    key: String,
    source: Option<ParseIntError>,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.source.is_some() {
            "is not a number"
        } else {
            "is not set"
        };
        write!(f, "setting {} {what}", self.key)
    }
}

impl Error for SettingError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|cause| cause as _)
    }
}

/// Looks up a whole number among the settings.
pub fn number_setting(settings: &HashMap<&str, &str>, key: &str) -> Result<i64, SettingError> {
    let error = |source| SettingError {
        key: key.to_string(),
        source,
    };
    let text = settings.get(key).ok_or_else(|| error(None))?;
    text.trim().parse().map_err(|cause| error(Some(cause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> HashMap<&'static str, &'static str> {
        HashMap::from([
            ("port", " 8080 "),
            ("shift", "-3"),
            ("host", "localhost"),
            ("none", ""),
        ])
    }

    #[test]
    fn numbers_are_read_with_their_sign() {
        assert_eq!(number_setting(&settings(), "port").unwrap(), 8080);
        assert_eq!(number_setting(&settings(), "shift").unwrap(), -3);
    }

    #[test]
    fn a_missing_setting_has_no_deeper_cause() {
        let error = number_setting(&settings(), "depth").unwrap_err();
        assert_eq!(error.to_string(), "setting depth is not set");
        assert!(error.source().is_none());
    }

    #[test]
    fn a_bad_number_keeps_its_cause() {
        let error = number_setting(&settings(), "host").unwrap_err();
        assert_eq!(error.to_string(), "setting host is not a number");
        assert!(error.source().unwrap().is::<ParseIntError>());
        // An empty setting is there, it is just no number.
        let error = number_setting(&settings(), "none").unwrap_err();
        assert_eq!(
            error.source().unwrap().to_string(),
            "cannot parse integer from empty string"
        );
    }
}
