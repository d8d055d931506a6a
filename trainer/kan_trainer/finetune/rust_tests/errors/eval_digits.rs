//! family: expressions
//! split: test

#[derive(Debug, PartialEq)]
pub enum ExprError {
    Expected { at: usize, what: &'static str },
    Trailing { at: usize },
}

/// Evaluates sums and products of single digits with round brackets, such as `2*(3+4)`, where
/// products bind tighter. Positions in errors are those of the character that does not fit.
pub fn eval(text: &str) -> Result<u64, ExprError> {
    let (value, at) = sum(text.as_bytes(), 0)?;
    if at < text.len() {
        return Err(ExprError::Trailing { at });
    }
    Ok(value)
}

type Parsed = Result<(u64, usize), ExprError>;

fn sum(text: &[u8], at: usize) -> Parsed {
    let (mut total, mut at) = product(text, at)?;
    while text.get(at) == Some(&b'+') {
        let (value, next) = product(text, at + 1)?;
        (total, at) = (total + value, next);
    }
    Ok((total, at))
}

fn product(text: &[u8], at: usize) -> Parsed {
    let (mut total, mut at) = atom(text, at)?;
    while text.get(at) == Some(&b'*') {
        let (value, next) = atom(text, at + 1)?;
        (total, at) = (total * value, next);
    }
    Ok((total, at))
}

fn atom(text: &[u8], at: usize) -> Parsed {
    match text.get(at) {
        Some(digit @ b'0'..=b'9') => Ok((u64::from(digit - b'0'), at + 1)),
        Some(b'(') => match sum(text, at + 1)? {
            (value, end) if text.get(end) == Some(&b')') => Ok((value, end + 1)),
            (_, at) => Err(ExprError::Expected {
                at,
                what: "closing bracket",
            }),
        },
        _ => Err(ExprError::Expected { at, what: "value" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_bind_tighter_than_sums() {
        assert_eq!(eval("2+3*4"), Ok(14));
        assert_eq!(eval("2*3+4"), Ok(10));
        assert_eq!(eval("(2+3)*4*(1+1)"), Ok(40));
        assert_eq!(eval("9"), Ok(9));
    }

    #[test]
    fn a_missing_value_is_reported_where_it_should_be() {
        for (text, at) in [("", 0), ("1+", 2), ("2*+3", 2), ("(1+)", 3)] {
            assert_eq!(
                eval(text),
                Err(ExprError::Expected { at, what: "value" }),
                "{text}"
            );
        }
    }

    #[test]
    fn brackets_close() {
        let expected = ExprError::Expected {
            at: 4,
            what: "closing bracket",
        };
        assert_eq!(eval("(1+2"), Err(expected));
    }

    #[test]
    fn nothing_follows_the_expression() {
        assert_eq!(eval("1+2)"), Err(ExprError::Trailing { at: 3 }));
        // Numbers have one digit here, so a second one is left over.
        assert_eq!(eval("12"), Err(ExprError::Trailing { at: 1 }));
    }
}
