//! family: parsing
//! split: train

/// The value of a postfix expression like `2 3 + 4 *`; `None` if it is broken or overflows.
pub fn evaluate_postfix(expression: &str) -> Option<i64> {
    let mut stack: Vec<i64> = Vec::new();
    for token in expression.split_whitespace() {
        if let Ok(number) = token.parse() {
            stack.push(number);
            continue;
        }
        let right = stack.pop()?;
        let left = stack.pop()?;
        stack.push(match token {
            "+" => left.checked_add(right)?,
            "-" => left.checked_sub(right)?,
            "*" => left.checked_mul(right)?,
            "/" => left.checked_div(right)?,
            _ => return None,
        });
    }
    let value = stack.pop()?;
    stack.is_empty().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_take_the_two_values_before_them() {
        // The value that was pushed last is the right operand.
        assert_eq!(evaluate_postfix("2 3 + 4 *"), Some(20));
        assert_eq!(evaluate_postfix("7 2 -"), Some(5));
        assert_eq!(evaluate_postfix("-9 2 /"), Some(-4));
    }

    #[test]
    fn a_broken_expression_has_no_value() {
        // Among them a division by zero.
        for broken in ["", "1 2", "+", "1 +", "1 2 ^", "1 0 /"] {
            assert_eq!(evaluate_postfix(broken), None, "{broken}");
        }
    }

    #[test]
    fn what_does_not_fit_has_no_value() {
        let largest = i64::MAX;
        assert_eq!(evaluate_postfix(&format!("{largest} 1 +")), None);
        assert_eq!(evaluate_postfix(&format!("-2 {largest} -")), None);
        assert_eq!(evaluate_postfix(&format!("{largest} 2 *")), None);
    }
}
