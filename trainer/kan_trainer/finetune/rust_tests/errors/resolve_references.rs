//! family: settings
//! split: train

use std::collections::HashMap;

#[derive(Debug, PartialEq)]
pub enum ResolveError {
    Undefined(String),
    Cycle(Vec<String>),
}

/// Follows settings whose value is `@other` to the first one that holds a plain value. A cycle is
/// returned as the names that lead into it and back.
pub fn resolve<'a>(
    settings: &HashMap<&'a str, &'a str>,
    name: &str,
) -> Result<&'a str, ResolveError> {
    let mut trail = vec![name.to_string()];
    let mut current = name;
    loop {
        let value = settings.get(current).copied();
        let value = value.ok_or_else(|| ResolveError::Undefined(current.to_string()))?;
        let Some(next) = value.strip_prefix('@') else {
            return Ok(value);
        };
        let seen = trail.iter().any(|name| name == next);
        trail.push(next.to_string());
        if seen {
            return Err(ResolveError::Cycle(trail));
        }
        current = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(name: &str) -> Result<&'static str, ResolveError> {
        let pairs = [
            ("a", "@b"),
            ("b", "@c"),
            ("c", "5"),
            ("x", "@y"),
            ("y", "@z"),
            ("z", "@y"),
        ];
        resolve(
            &pairs
                .into_iter()
                .chain([("lost", "@gone"), ("me", "@me")])
                .collect(),
            name,
        )
    }

    #[test]
    fn references_lead_to_the_plain_value() {
        assert_eq!(resolved("c"), Ok("5"));
        assert_eq!(resolved("a"), Ok("5"));
    }

    #[test]
    fn the_name_that_is_undefined_is_returned() {
        assert_eq!(
            resolved("nothing"),
            Err(ResolveError::Undefined("nothing".to_string()))
        );
        assert_eq!(
            resolved("lost"),
            Err(ResolveError::Undefined("gone".to_string()))
        );
    }

    #[test]
    fn a_cycle_is_shown_as_the_way_into_it() {
        let trail = |names: [&str; 4]| names.map(String::from).to_vec();
        // The start itself need not be part of the cycle.
        assert_eq!(
            resolved("x"),
            Err(ResolveError::Cycle(trail(["x", "y", "z", "y"])))
        );
        assert_eq!(
            resolved("me"),
            Err(ResolveError::Cycle(vec!["me".into(), "me".into()]))
        );
    }
}
