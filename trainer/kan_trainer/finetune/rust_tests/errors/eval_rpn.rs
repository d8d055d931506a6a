//! family: expressions
//! split: test

#[derive(Debug, PartialEq)]
pub enum RpnError<'a> {
    Unknown(&'a str),
    TooFewOperands { operator: &'a str },
    DivisionByZero,
    Overflow,
    LeftOver(usize),
}

/// Evaluates an expression in postfix notation, such as `3 4 + 2 *`.
pub fn eval_rpn(text: &str) -> Result<i32, RpnError<'_>> {
    let mut stack: Vec<i32> = Vec::new();
    for token in text.split_whitespace() {
        if let Ok(number) = token.parse() {
            stack.push(number);
            continue;
        }
        if !matches!(token, "+" | "-" | "*" | "/") {
            return Err(RpnError::Unknown(token));
        }
        let too_few = RpnError::TooFewOperands { operator: token };
        let Some((b, a)) = stack.pop().zip(stack.pop()) else {
            return Err(too_few);
        };
        let result = match token {
            "+" => a.checked_add(b),
            "-" => a.checked_sub(b),
            "*" => a.checked_mul(b),
            _ if b == 0 => return Err(RpnError::DivisionByZero),
            _ => a.checked_div(b),
        };
        stack.push(result.ok_or(RpnError::Overflow)?);
    }
    match stack[..] {
        [result] => Ok(result),
        _ => Err(RpnError::LeftOver(stack.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn operators_take_the_two_numbers_before_them() {
        assert_eq!(eval_rpn("3 4 + 2 *"), Ok(14));
        assert_eq!(eval_rpn("-7 2 /"), Ok(-3));
        assert_eq!(eval_rpn("5 1 2 - -"), Ok(6));
    }

    #[test]
    fn one_number_must_be_left() {
        assert_eq!(eval_rpn("42"), Ok(42));
        assert_eq!(eval_rpn("1 2"), Err(RpnError::LeftOver(2)));
        assert_eq!(eval_rpn(" "), Err(RpnError::LeftOver(0)));
    }

    #[test]
    fn an_operator_without_operands_is_named() {
        assert_eq!(
            eval_rpn("1 *"),
            Err(RpnError::TooFewOperands { operator: "*" })
        );
        assert_eq!(eval_rpn("1 2 ^"), Err(RpnError::Unknown("^")));
    }

    #[test]
    fn arithmetic_faults_are_told_apart() {
        assert_eq!(eval_rpn("1 0 /"), Err(RpnError::DivisionByZero));
        for text in [
            "2147483647 1 +",
            "-2147483648 1 -",
            "65536 65536 *",
            "-2147483648 -1 /",
        ] {
            assert_eq!(eval_rpn(text), Err(RpnError::Overflow), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_sum_of_two_numbers_is_their_sum(a in -999i32..999, b in -999i32..999) {
            let text = format!("{a} {b} +");
            prop_assert_eq!(eval_rpn(&text), Ok(a + b));
        }
    }
}
