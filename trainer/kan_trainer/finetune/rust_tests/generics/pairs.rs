//! family: cursors
//! split: train

/// Walks over settings such as `a=1; b=2`; a setting without `=` has an empty value.
pub struct Pairs<'a> {
    rest: Option<&'a str>,
}

impl<'a> From<&'a str> for Pairs<'a> {
    fn from(text: &'a str) -> Self {
        Pairs { rest: Some(text) }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let text = self.rest?;
            let (part, rest) = match text.split_once(';') {
                Some((part, rest)) => (part.trim(), Some(rest)),
                None => (text.trim(), None),
            };
            self.rest = rest;
            if !part.is_empty() {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                return Some((key.trim(), value.trim()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_and_values_are_trimmed() {
        let pairs: Vec<_> = Pairs::from(" a = 1 ;b=2").collect();
        assert_eq!(pairs, [("a", "1"), ("b", "2")]);
    }

    #[test]
    fn empty_settings_are_passed_over() {
        // One of them holds nothing but a space.
        assert!(Pairs::from(";; x=1; ;").eq([("x", "1")]));
        assert_eq!(Pairs::from("").next(), None);
    }

    #[test]
    fn a_flag_has_an_empty_value() {
        assert!(Pairs::from("secure;path=/").eq([("secure", ""), ("path", "/")]));
    }

    #[test]
    fn a_value_may_hold_an_equals_sign() {
        // Only the first of them parts key and value.
        assert!(Pairs::from("sum=1+1=2").eq([("sum", "1+1=2")]));
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(pairs in prop::collection::vec(("[a-z]{1,4}", "[a-z=]{0,4}"), 0..6)) {
            let text: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let text = text.join("; ");
            let read: Vec<(String, String)> =
                Pairs::from(text.as_str()).map(|(k, v)| (k.to_string(), v.to_string())).collect();
            prop_assert_eq!(read, pairs);
        }
    }
}
