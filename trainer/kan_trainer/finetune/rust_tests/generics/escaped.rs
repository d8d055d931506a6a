//! family: checked-wrappers
//! split: test

use std::borrow::Cow;
use std::fmt::{self, Display};

/// Text that is safe inside of markup; the only ways to make one escape it.
#[derive(Clone, Debug, PartialEq)]
pub struct Escaped<'a>(Cow<'a, str>);

impl<'a> From<&'a str> for Escaped<'a> {
    fn from(text: &'a str) -> Self {
        if !text.contains(['<', '>', '&']) {
            return Escaped(Cow::Borrowed(text));
        }
        let escaped = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        Escaped(Cow::Owned(escaped))
    }
}

impl Escaped<'_> {
    /// The same text, free of what it was borrowed from.
    pub fn into_owned(self) -> Escaped<'static> {
        Escaped(Cow::Owned(self.0.into_owned()))
    }
}

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn special_letters_are_escaped() {
        assert_eq!(Escaped::from("<b>").to_string(), "&lt;b&gt;");
        // The ampersands that escaping brings in are not escaped again.
        assert_eq!(Escaped::from("a & <").to_string(), "a &amp; &lt;");
    }

    #[test]
    fn each_special_letter_alone_is_noticed() {
        for (text, expected) in [("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")] {
            assert_eq!(Escaped::from(text).to_string(), expected);
        }
    }

    #[test]
    fn harmless_text_is_borrowed() {
        assert!(matches!(
            Escaped::from("plain"),
            Escaped(Cow::Borrowed("plain"))
        ));
    }

    #[test]
    fn an_owned_text_outlives_its_source() {
        let kept = {
            let source = String::from("1 < 2");
            Escaped::from(source.as_str()).into_owned()
        };
        assert_eq!(format!("{kept:>10}"), "  1 &lt; 2");
    }

    proptest! {
        #[test]
        fn replacing_the_escapes_brings_the_text_back(text in "[a-c<>&;lt]{0,15}") {
            let escaped = Escaped::from(text.as_str()).to_string();
            prop_assert!(!escaped.contains(['<', '>']));
            let plain = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            prop_assert_eq!(plain, text);
        }
    }
}
