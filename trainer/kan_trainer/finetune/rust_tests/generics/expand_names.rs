//! family: dyn-traits
//! split: train

/// A place where names have values.
pub trait Lookup {
    fn value(&self, name: &str) -> Option<String>;
}

/// Every function from names to optional values will do.
impl<F: Fn(&str) -> Option<String>> Lookup for F {
    fn value(&self, name: &str) -> Option<String> {
        self(name)
    }
}

/// Replaces `{name}` by its value; the first name that has none is the error.
pub fn expand_names<'t>(template: &'t str, names: &dyn Lookup) -> Result<String, &'t str> {
    let mut expanded = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else {
            break;
        };
        expanded += before;
        expanded += &names.value(name).ok_or(name)?;
        rest = behind;
    }
    Ok(expanded + rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shout(name: &str) -> Option<String> {
        (!name.starts_with('?')).then(|| name.to_uppercase())
    }

    #[test]
    fn every_name_is_replaced() {
        let text = expand_names("dear {ann}, dear {bob}!", &shout);
        assert_eq!(text.as_deref(), Ok("dear ANN, dear BOB!"));
    }

    #[test]
    fn the_first_name_without_a_value_is_the_error() {
        assert_eq!(expand_names("{a}{?b}{?c}", &shout), Err("?b"));
    }

    #[test]
    fn an_open_brace_without_its_end_is_plain_text() {
        // What came before it is still expanded.
        assert_eq!(expand_names("{a} {b", &shout).as_deref(), Ok("A {b"));
        assert_eq!(expand_names("a}", &shout).as_deref(), Ok("a}"));
    }

    #[test]
    fn values_are_not_expanded_again() {
        // Otherwise a value could ask for itself for ever.
        let same = |_: &str| Some("{x}".to_string());
        assert_eq!(expand_names("{x}", &same).as_deref(), Ok("{x}"));
    }

    proptest! {
        #[test]
        fn text_without_braces_is_returned_as_it_is(text in "[a-z }]{0,20}") {
            prop_assert_eq!(expand_names(&text, &shout), Ok(text.clone()));
        }
    }
}
