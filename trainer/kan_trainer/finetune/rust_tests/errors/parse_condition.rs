//! family: expressions
//! split: test

use std::str::FromStr;

#[derive(Debug, PartialEq)]
pub enum Condition {
    AtLeast(String, i64),
    AtMost(String, i64),
}

#[derive(Debug, PartialEq)]
pub enum ConditionError {
    NoOperator,
    BadName(String),
    BadNumber(String),
}

impl FromStr for Condition {
    type Err = ConditionError;

    /// Reads a condition such as `age >= 18`; the bound of a strict comparison moves by one.
    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let find = |op: &&str| text.contains(*op);
        let operator = ["<=", ">=", "<", ">"].into_iter().find(find);
        let operator = operator.ok_or(ConditionError::NoOperator)?;
        let (name, number) = text
            .split_once(operator)
            .ok_or(ConditionError::NoOperator)?;
        let (name, number) = (name.trim().to_string(), number.trim());
        if name.is_empty() || !name.chars().all(char::is_alphanumeric) {
            return Err(ConditionError::BadName(name));
        }
        let bad = || ConditionError::BadNumber(number.to_string());
        let value: i64 = number.parse().map_err(|_| bad())?;
        Ok(match operator {
            "<=" => Condition::AtMost(name, value),
            ">=" => Condition::AtLeast(name, value),
            "<" => Condition::AtMost(name, value.checked_sub(1).ok_or_else(bad)?),
            _ => Condition::AtLeast(name, value.checked_add(1).ok_or_else(bad)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use Condition::*;

    fn age(make: fn(String, i64) -> Condition, value: i64) -> Result<Condition, ConditionError> {
        Ok(make("age".to_string(), value))
    }

    #[test]
    fn inclusive_comparisons_keep_their_bound() {
        assert_eq!("age >= 18".parse(), age(AtLeast, 18));
        assert_eq!("age<=-1".parse(), age(AtMost, -1));
    }

    #[test]
    fn strict_comparisons_move_it_by_one() {
        assert_eq!("age > 18".parse(), age(AtLeast, 19));
        assert_eq!("age < 18".parse(), age(AtMost, 17));
        // Nothing is larger than the largest number.
        assert!(format!("age > {}", i64::MAX).parse::<Condition>().is_err());
    }

    #[test]
    fn each_part_has_its_error() {
        assert_eq!(
            "age 18".parse::<Condition>(),
            Err(ConditionError::NoOperator)
        );
        assert_eq!(
            "> 18".parse::<Condition>(),
            Err(ConditionError::BadName("".into()))
        );
        assert!("my age > 1".parse::<Condition>().is_err());
        assert_eq!(
            "age > old".parse::<Condition>(),
            Err(ConditionError::BadNumber("old".into()))
        );
    }
}
