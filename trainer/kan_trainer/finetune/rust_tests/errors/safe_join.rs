//! family: permissions
//! split: test

use std::fmt;

#[derive(Debug, PartialEq)]
pub enum PathError {
    Absolute,
    Escapes { part: usize },
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathError::Absolute => write!(f, "the path is absolute"),
            PathError::Escapes { part } => write!(f, "part {part} leads out of the folder"),
        }
    }
}

impl std::error::Error for PathError {}

/// Joins a relative path to a folder and resolves its dots. A path that leaves the folder, even to
/// come back, is refused; nothing is looked up.
pub fn safe_join(folder: &str, path: &str) -> Result<String, PathError> {
    if path.starts_with('/') {
        return Err(PathError::Absolute);
    }
    let mut parts = vec![folder.trim_end_matches('/')];
    for (part, name) in path.split('/').enumerate() {
        match name {
            "" | "." => {}
            ".." if parts.len() == 1 => return Err(PathError::Escapes { part }),
            ".." => drop(parts.pop()),
            _ => parts.push(name),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dots_and_double_slashes_are_resolved() {
        assert_eq!(safe_join("/srv/", "a/./b//c").unwrap(), "/srv/a/b/c");
        assert_eq!(safe_join("/srv", "a/../b/").unwrap(), "/srv/b");
        assert_eq!(safe_join("/srv", "").unwrap(), "/srv");
        // Three dots are a name like any other.
        assert_eq!(safe_join("/srv", "...").unwrap(), "/srv/...");
    }

    #[test]
    fn a_path_never_leaves_its_folder() {
        let error = safe_join("/srv", "a/../../srv/b").unwrap_err();
        assert_eq!(error.to_string(), "part 2 leads out of the folder");
        assert_eq!(safe_join("/srv", ".."), Err(PathError::Escapes { part: 0 }));
    }

    #[test]
    fn absolute_paths_are_refused() {
        assert_eq!(
            safe_join("/srv", "/etc").unwrap_err().to_string(),
            "the path is absolute"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_lies_in_the_folder(path in "[a./]{0,12}") {
            if let Ok(joined) = safe_join("/srv", &path) {
                prop_assert!(joined == "/srv" || joined.starts_with("/srv/"));
                prop_assert!(joined.split('/').all(|part| part != ".." && part != "."));
            }
        }
    }
}
