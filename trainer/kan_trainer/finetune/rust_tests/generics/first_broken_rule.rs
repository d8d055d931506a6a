//! family: dyn-traits
//! split: train

/// Something that can be demanded of a value.
pub trait Rule<T: ?Sized> {
    fn name(&self) -> &str;
    fn holds(&self, value: &T) -> bool;
}

/// A pair of a name and a predicate is a rule.
impl<T: ?Sized, F: Fn(&T) -> bool> Rule<T> for (&str, F) {
    fn name(&self) -> &str {
        self.0
    }

    fn holds(&self, value: &T) -> bool {
        (self.1)(value)
    }
}

/// The name of the first rule that `value` breaks; later rules are not tried.
pub fn first_broken_rule<'r, T: ?Sized>(rules: &[&'r dyn Rule<T>], value: &T) -> Option<&'r str> {
    rules
        .iter()
        .find(|rule| !rule.holds(value))
        .map(|rule| rule.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_broken_rules_is_named() {
        let long = ("long enough", |text: &str| text.len() >= 3);
        let lower = ("lower case", |text: &str| text == text.to_lowercase());
        assert_eq!(
            first_broken_rule(&[&long, &lower], "AB"),
            Some("long enough")
        );
        assert_eq!(
            first_broken_rule(&[&lower, &long], "AB"),
            Some("lower case")
        );
        assert_eq!(
            first_broken_rule(&[&long, &lower], "ABC"),
            Some("lower case")
        );
    }

    #[test]
    fn a_value_that_breaks_nothing_passes() {
        // Without rules there is nothing to break.
        let even = ("even", |n: &i32| n % 2 == 0);
        assert_eq!(first_broken_rule(&[&even], &4), None);
        assert_eq!(first_broken_rule(&[], &5), None);
    }

    #[test]
    fn later_rules_are_not_tried() {
        let filled = ("filled", |items: &[u8]| !items.is_empty());
        // On an empty slice this one would panic.
        let small = ("small", |items: &[u8]| items[0] < 10);
        assert_eq!(first_broken_rule(&[&filled, &small], &[]), Some("filled"));
        assert_eq!(first_broken_rule(&[&filled, &small], &[10]), Some("small"));
    }
}
