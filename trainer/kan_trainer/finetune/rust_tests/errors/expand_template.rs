//! family: escapes
//! split: train

use std::collections::HashMap;

#[derive(Debug, PartialEq)]
pub enum TemplateError<'a> {
    Unclosed { at: usize },
    Undefined(&'a str),
}

/// Fills the `{name}` placeholders of a template with their values. Two opening braces are one
/// plain brace.
pub fn expand_template<'a>(
    template: &'a str,
    values: &HashMap<&str, String>,
) -> Result<String, TemplateError<'a>> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        if let Some(tail) = after.strip_prefix('{') {
            text.push('{');
            rest = tail;
            continue;
        }
        let at = template.len() - after.len() - 1;
        let (name, tail) = after
            .split_once('}')
            .ok_or(TemplateError::Unclosed { at })?;
        text.push_str(values.get(name).ok_or(TemplateError::Undefined(name))?);
        rest = tail;
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(template: &str) -> Result<String, TemplateError<'_>> {
        let values = [("who", "Ada".to_string()), ("", "nobody".to_string())];
        expand_template(template, &HashMap::from(values))
    }

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(expand("{who}, {who}!"), Ok("Ada, Ada!".to_string()));
        assert_eq!(expand("plain }"), Ok("plain }".to_string()));
        // The empty name is a name like others.
        assert_eq!(expand("{}"), Ok("nobody".to_string()));
    }

    #[test]
    fn two_opening_braces_are_one() {
        assert_eq!(expand("{{who} {who}"), Ok("{who} Ada".to_string()));
    }

    #[test]
    fn an_unclosed_placeholder_is_reported_where_it_opens() {
        assert_eq!(expand("é {who"), Err(TemplateError::Unclosed { at: 3 }));
    }

    #[test]
    fn an_undefined_name_is_returned() {
        assert_eq!(
            expand("{who} {age} {x}"),
            Err(TemplateError::Undefined("age"))
        );
    }
}
