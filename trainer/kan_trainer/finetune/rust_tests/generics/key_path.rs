//! family: slice-views
//! split: test

/// A dotted path such as `server.http.port`, borrowed from the text it stands in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyPath<'a>(&'a str);

impl<'a> KeyPath<'a> {
    /// `None` where a part of the path is empty.
    pub fn parse(text: &'a str) -> Option<Self> {
        let whole = text.split('.').all(|part| !part.is_empty());
        whole.then_some(KeyPath(text))
    }

    /// The path without its last part.
    pub fn parent(self) -> Option<KeyPath<'a>> {
        self.0.rsplit_once('.').map(|(front, _)| KeyPath(front))
    }

    /// What follows `ancestor`, where this path lies below it.
    pub fn below(self, ancestor: KeyPath<'_>) -> Option<KeyPath<'a>> {
        let rest = self.0.strip_prefix(ancestor.0)?;
        rest.strip_prefix('.').map(KeyPath)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn path(text: &str) -> KeyPath<'_> {
        KeyPath::parse(text).unwrap()
    }

    #[test]
    fn empty_parts_are_refused() {
        for text in ["", ".", "a.", ".a", "a..b"] {
            assert_eq!(KeyPath::parse(text), None, "{text:?}");
        }
        assert_eq!(KeyPath::parse("a.b").map(|p| p.0), Some("a.b"));
    }

    #[test]
    fn parents_end_at_the_first_part() {
        assert_eq!(path("a.b.c").parent(), Some(path("a.b")));
        assert_eq!(path("a").parent(), None);
    }

    #[test]
    fn a_common_beginning_is_no_kinship() {
        // `serve` begins like `server`, but is no part of it.
        assert_eq!(path("server.port").below(path("serve")), None);
        assert_eq!(
            path("server.port").below(path("server")),
            Some(path("port"))
        );
        assert_eq!(path("server").below(path("server")), None);
    }

    #[test]
    fn the_rest_outlives_the_ancestor() {
        let text = String::from("a.b.c");
        let rest = {
            let ancestor = String::from("a");
            path(&text).below(path(&ancestor))
        };
        assert_eq!(rest, Some(path("b.c")));
    }

    proptest! {
        #[test]
        fn a_path_lies_below_its_parent(text in "[a-z]{1,3}(\\.[a-z]{1,3}){1,4}") {
            let whole = path(&text);
            let parent = whole.parent().unwrap();
            let last = whole.below(parent).unwrap();
            prop_assert_eq!(format!("{}.{}", parent.0, last.0), text.clone());
            prop_assert_eq!(last.parent(), None);
        }
    }
}
