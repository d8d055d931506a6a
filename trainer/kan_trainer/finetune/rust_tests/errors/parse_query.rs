//! family: records
//! split: train

#[derive(Debug, PartialEq)]
pub enum QueryError<'a> {
    MissingValue(&'a str),
    NotANumber { name: &'a str, value: &'a str },
    Unknown(&'a str),
}

/// What a list request asks for.
#[derive(Debug, PartialEq)]
pub struct Query<'a> {
    pub limit: u32,
    pub offset: u32,
    pub search: Option<&'a str>,
}

/// Reads the query of a list request; `limit` is capped at 100.
pub fn parse_query(text: &str) -> Result<Query<'_>, QueryError<'_>> {
    let mut query = Query {
        limit: 20,
        offset: 0,
        search: None,
    };
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or(QueryError::MissingValue(part))?;
        let number = || {
            value
                .parse::<u32>()
                .map_err(|_| QueryError::NotANumber { name, value })
        };
        match name {
            "limit" => query.limit = number()?.min(100),
            "offset" => query.offset = number()?,
            "search" => query.search = Some(value).filter(|value| !value.is_empty()),
            _ => return Err(QueryError::Unknown(name)),
        }
    }
    Ok(query)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_asked_gives_the_defaults() {
        assert_eq!(
            parse_query(""),
            Ok(Query {
                limit: 20,
                offset: 0,
                search: None
            })
        );
    }

    #[test]
    fn parameters_are_read_and_the_later_one_wins() {
        let expected = Query {
            limit: 7,
            offset: 40,
            search: Some("a=b"),
        };
        assert_eq!(
            parse_query("limit=5&offset=40&&search=a=b&limit=7"),
            Ok(expected)
        );
        // An empty search is no search, even behind a real one.
        assert_eq!(parse_query("search=x&search=").unwrap().search, None);
    }

    #[test]
    fn faults_name_their_parameter() {
        let not_a_number = QueryError::NotANumber {
            name: "offset",
            value: "-1",
        };
        assert_eq!(parse_query("limit=5&offset=-1"), Err(not_a_number));
        assert_eq!(parse_query("limit"), Err(QueryError::MissingValue("limit")));
        assert_eq!(parse_query("page=2"), Err(QueryError::Unknown("page")));
    }

    proptest! {
        #[test]
        fn the_limit_is_capped_and_the_offset_is_not(n: u32) {
            let text = format!("limit={n}&offset={n}");
            let query = parse_query(&text).unwrap();
            prop_assert_eq!((query.limit, query.offset), (n.min(100), n));
        }
    }
}
