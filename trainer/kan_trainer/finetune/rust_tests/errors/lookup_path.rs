//! family: settings
//! split: train

use std::collections::BTreeMap;

/// A tree of settings.
#[derive(Debug, PartialEq)]
pub enum Node {
    Value(String),
    Section(BTreeMap<String, Node>),
}

#[derive(Debug, PartialEq)]
pub enum LookupError {
    Missing { path: String, nearby: Vec<String> },
    NotASection(String),
    NotAValue(String),
}

/// Follows a dotted path to a value. Where a part is missing, the error lists the keys beside it;
/// paths in errors end with the part that failed.
pub fn lookup<'a>(root: &'a Node, path: &str) -> Result<&'a str, LookupError> {
    let mut node = root;
    let mut end = 0;
    for part in path.split('.') {
        let Node::Section(children) = node else {
            return Err(LookupError::NotASection(path[..end - 1].to_string()));
        };
        end += part.len();
        node = children.get(part).ok_or_else(|| LookupError::Missing {
            path: path[..end].to_string(),
            nearby: children.keys().cloned().collect(),
        })?;
        end += 1;
    }
    match node {
        Node::Value(value) => Ok(value),
        Node::Section(_) => Err(LookupError::NotAValue(path.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section<const N: usize>(children: [(&str, Node); N]) -> Node {
        Node::Section(children.map(|(key, node)| (key.to_string(), node)).into())
    }

    fn root() -> Node {
        let server = section([
            ("port", Node::Value("80".into())),
            ("host", Node::Value("x".into())),
        ]);
        section([("server", server)])
    }

    #[test]
    fn a_path_leads_to_its_value() {
        assert_eq!(lookup(&root(), "server.port"), Ok("80"));
    }

    #[test]
    fn a_missing_part_is_answered_with_its_neighbours() {
        let nearby = vec!["host".to_string(), "port".to_string()];
        let expected = LookupError::Missing {
            path: "server.ports".to_string(),
            nearby,
        };
        assert_eq!(lookup(&root(), "server.ports.first"), Err(expected));
    }

    #[test]
    fn the_empty_path_is_a_missing_key() {
        let expected = LookupError::Missing {
            path: String::new(),
            nearby: vec!["server".into()],
        };
        assert_eq!(lookup(&root(), ""), Err(expected));
    }

    #[test]
    fn values_have_no_children_and_sections_no_value() {
        let expected = LookupError::NotASection("server.host".to_string());
        assert_eq!(lookup(&root(), "server.host.name"), Err(expected));
        assert_eq!(
            lookup(&root(), "server"),
            Err(LookupError::NotAValue("server".to_string()))
        );
    }
}
