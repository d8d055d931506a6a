//! family: escapes
//! split: train

#[derive(Debug, PartialEq)]
pub enum QuoteError {
    NotQuoted,
    Unterminated,
    Trailing(String),
}

/// Reads a field in double quotes from the start of `text`, where a doubled quote stands for one.
/// Returns the field and what follows it, which must be nothing or begin with a comma.
pub fn unquote(text: &str) -> Result<(String, &str), QuoteError> {
    let mut rest = text.strip_prefix('"').ok_or(QuoteError::NotQuoted)?;
    let mut field = String::new();
    loop {
        let (before, after) = rest.split_once('"').ok_or(QuoteError::Unterminated)?;
        field.push_str(before);
        match after.strip_prefix('"') {
            Some(tail) => {
                field.push('"');
                rest = tail;
            }
            None if after.is_empty() || after.starts_with(',') => return Ok((field, after)),
            None => return Err(QuoteError::Trailing(after.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_field_ends_at_its_closing_quote() {
        assert_eq!(unquote("\"a,b\",c"), Ok(("a,b".to_string(), ",c")));
        assert_eq!(unquote("\"\""), Ok((String::new(), "")));
    }

    #[test]
    fn a_doubled_quote_is_one_quote() {
        assert_eq!(
            unquote("\"say \"\"hi\"\"\""),
            Ok(("say \"hi\"".to_string(), ""))
        );
        // The doubled quote here closes nothing.
        assert_eq!(unquote("\"a\"\""), Err(QuoteError::Unterminated));
    }

    #[test]
    fn quotes_open_and_close() {
        assert_eq!(unquote("a\"b\""), Err(QuoteError::NotQuoted));
        assert_eq!(unquote("\"ab"), Err(QuoteError::Unterminated));
        assert_eq!(
            unquote("\"ab\"c,"),
            Err(QuoteError::Trailing("c,".to_string()))
        );
    }

    proptest! {
        #[test]
        fn a_quoted_text_is_read_back(text in "[a-c\",]{0,12}") {
            let quoted = format!("\"{}\",next", text.replace('"', "\"\""));
            prop_assert_eq!(unquote(&quoted), Ok((text, ",next")));
        }
    }
}
