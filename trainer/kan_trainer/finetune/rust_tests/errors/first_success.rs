//! family: attempts
//! split: train

/// Tries the sources in order and returns what the first one that works gives, with its name. When
/// none does, the errors of all come back, each with the name of its source.
pub fn first_success<'a, T, E>(
    sources: impl IntoIterator<Item = (&'a str, Result<T, E>)>,
) -> Result<(&'a str, T), Vec<(&'a str, E)>> {
    let mut errors = Vec::new();
    for (name, result) in sources {
        match result {
            Ok(value) => return Ok((name, value)),
            Err(error) => errors.push((name, error)),
        }
    }
    Err(errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Tried = Result<i32, &'static str>;

    #[test]
    fn the_first_that_works_wins() {
        let sources: [(&str, Tried); 3] = [("cache", Err("cold")), ("disk", Ok(5)), ("net", Ok(6))];
        assert_eq!(first_success(sources), Ok(("disk", 5)));
    }

    #[test]
    fn later_sources_are_not_even_asked() {
        let mut asked = Vec::new();
        let sources = ["a", "b", "c"].into_iter().map(|name| {
            asked.push(name);
            (name, if name == "b" { Ok(1) } else { Err("no") })
        });
        assert_eq!(first_success(sources), Ok(("b", 1)));
        assert_eq!(asked, ["a", "b"]);
    }

    #[test]
    fn all_errors_come_back_in_order() {
        let sources: [(&str, Tried); 2] = [("cache", Err("cold")), ("disk", Err("gone"))];
        assert_eq!(
            first_success(sources),
            Err(vec![("cache", "cold"), ("disk", "gone")])
        );
    }

    #[test]
    fn no_source_is_a_failure_without_errors() {
        // Nothing was tried, so there is nothing to return either.
        assert_eq!(first_success::<i32, &str>([]), Err(vec![]));
    }
}
