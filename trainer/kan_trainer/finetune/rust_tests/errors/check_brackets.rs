//! family: expressions
//! split: test

#[derive(Debug, PartialEq)]
pub enum BracketError {
    Unopened {
        at: usize,
        found: char,
    },
    Mismatch {
        at: usize,
        expected: char,
        found: char,
    },
    Unclosed {
        at: usize,
        expected: char,
    },
}

/// Checks that round, square and curly brackets are balanced, and returns how deep they nest.
/// Positions are bytes; of several unclosed brackets the innermost is reported.
pub fn check_brackets(text: &str) -> Result<usize, BracketError> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut deepest = 0;
    for (at, found) in text.char_indices() {
        match found {
            '(' => open.push((at, ')')),
            '[' => open.push((at, ']')),
            '{' => open.push((at, '}')),
            ')' | ']' | '}' => {
                let (_, expected) = open.pop().ok_or(BracketError::Unopened { at, found })?;
                if expected != found {
                    return Err(BracketError::Mismatch {
                        at,
                        expected,
                        found,
                    });
                }
            }
            _ => {}
        }
        deepest = deepest.max(open.len());
    }
    match open.pop() {
        Some((at, expected)) => Err(BracketError::Unclosed { at, expected }),
        None => Ok(deepest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_nesting_is_returned() {
        assert_eq!(check_brackets("f(a[1], {b}) + (c)"), Ok(2));
        assert_eq!(check_brackets("()[]{}"), Ok(1));
        assert_eq!(check_brackets("no brackets"), Ok(0));
    }

    #[test]
    fn a_closing_bracket_must_fit_the_last_open_one() {
        let expected = BracketError::Mismatch {
            at: 3,
            expected: ']',
            found: ')',
        };
        assert_eq!(check_brackets("([a)]"), Err(expected));
        assert_eq!(
            check_brackets("()}"),
            Err(BracketError::Unopened { at: 2, found: '}' })
        );
    }

    #[test]
    fn the_innermost_unclosed_bracket_is_reported() {
        // Positions count bytes: the é has two.
        assert_eq!(
            check_brackets("é({"),
            Err(BracketError::Unclosed {
                at: 3,
                expected: '}'
            })
        );
        assert_eq!(
            check_brackets("(()"),
            Err(BracketError::Unclosed {
                at: 0,
                expected: ')'
            })
        );
    }
}
