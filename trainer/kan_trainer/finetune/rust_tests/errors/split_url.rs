//! family: addresses
//! split: train

use std::fmt;

/// The pieces of a URL, borrowed from its text.
#[derive(Debug, PartialEq)]
pub struct Url<'a> {
    pub scheme: &'a str,
    pub host: &'a str,
    pub path: &'a str,
}

#[derive(Debug, PartialEq)]
pub enum UrlError {
    Relative,
    Scheme(String),
    NoHost,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UrlError::Relative => write!(f, "relative URL without a scheme"),
            UrlError::Scheme(name) => write!(f, "bad scheme {name:?}"),
            UrlError::NoHost => write!(f, "empty host"),
        }
    }
}

impl std::error::Error for UrlError {}

/// Splits an absolute URL into scheme, host and path; a missing path is `/`.
pub fn split_url(text: &str) -> Result<Url<'_>, UrlError> {
    let (scheme, rest) = text.split_once("://").ok_or(UrlError::Relative)?;
    let tail = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(tail) {
        return Err(UrlError::Scheme(scheme.to_string()));
    }
    let (host, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    if host.is_empty() {
        return Err(UrlError::NoHost);
    }
    Ok(Url { scheme, host, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_begins_at_the_first_slash_behind_the_host() {
        let url = split_url("https://example.org/a/b").unwrap();
        assert_eq!(
            url,
            Url {
                scheme: "https",
                host: "example.org",
                path: "/a/b"
            }
        );
        assert_eq!(split_url("git+ssh://host").unwrap().path, "/");
    }

    #[test]
    fn without_a_scheme_the_url_is_relative() {
        let error = split_url("example.org/a").unwrap_err();
        assert_eq!(error.to_string(), "relative URL without a scheme");
    }

    #[test]
    fn a_scheme_begins_with_a_letter() {
        assert_eq!(
            split_url("1http://h").unwrap_err().to_string(),
            "bad scheme \"1http\""
        );
        assert_eq!(
            split_url("ht tp://h"),
            Err(UrlError::Scheme("ht tp".into()))
        );
    }

    #[test]
    fn a_url_without_a_host_is_refused() {
        // Three slashes leave nothing between the scheme and the path.
        assert_eq!(
            split_url("file:///etc").unwrap_err().to_string(),
            "empty host"
        );
    }
}
