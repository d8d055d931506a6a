//! family: settings
//! split: train

use std::fmt;
use std::str::FromStr;

/// A switch of a configuration file: fixed, or left to what the program finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Switch {
    On,
    Off,
    Auto,
}

#[derive(Debug, PartialEq)]
pub struct UnknownSwitch(String);

impl fmt::Display for UnknownSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is neither on, off nor auto", self.0)
    }
}

impl std::error::Error for UnknownSwitch {}

impl FromStr for Switch {
    type Err = UnknownSwitch;

    /// Reads the usual words for a switch, whatever their case and the spaces around them.
    fn from_str(text: &str) -> Result<Self, UnknownSwitch> {
        match text.trim().to_ascii_lowercase().as_str() {
            "on" | "yes" | "true" | "1" => Ok(Switch::On),
            "off" | "no" | "false" | "0" => Ok(Switch::Off),
            "auto" | "" => Ok(Switch::Auto),
            _ => Err(UnknownSwitch(text.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_usual_words_are_known() {
        for word in ["on", "YES", " true\n", "1"] {
            assert_eq!(word.parse(), Ok(Switch::On), "{word}");
        }
        for word in ["Off", "no", "FALSE", "0"] {
            assert_eq!(word.parse(), Ok(Switch::Off), "{word}");
        }
    }

    #[test]
    fn a_blank_switch_is_left_to_the_program() {
        assert_eq!("  ".parse(), Ok(Switch::Auto));
        assert_eq!("Auto".parse(), Ok(Switch::Auto));
    }

    #[test]
    fn other_words_are_returned_as_they_were_written() {
        let error = " Maybe".parse::<Switch>().unwrap_err();
        assert_eq!(error.to_string(), "\" Maybe\" is neither on, off nor auto");
        assert!("10".parse::<Switch>().is_err());
    }

    proptest! {
        #[test]
        fn case_never_matters(word in "(on|off|auto|yes|no|true|false|nil)", upper: bool) {
            let written = if upper { word.to_uppercase() } else { word.clone() };
            prop_assert_eq!(written.parse::<Switch>().ok(), word.parse::<Switch>().ok());
        }
    }
}
