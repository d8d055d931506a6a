//! family: strings
//! split: train

/// Every word with a capital first letter and small ones after it.
pub fn title_case(text: &str) -> String {
    let mut starts_word = true;
    let mut titled = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_alphanumeric() {
            titled.push(c);
            starts_word = c != '\'';
        } else if starts_word {
            titled.extend(c.to_uppercase());
            starts_word = false;
        } else {
            titled.extend(c.to_lowercase());
        }
    }
    titled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_begins_large_and_goes_on_small() {
        assert_eq!(title_case("the LONG way-home"), "The Long Way-Home");
    }

    #[test]
    fn an_apostrophe_begins_no_word() {
        // Otherwise it would be Don'T.
        assert_eq!(title_case("don't"), "Don't");
        assert_eq!(title_case(""), "");
    }

    #[test]
    fn a_digit_may_begin_a_word() {
        assert_eq!(title_case("2nd ünder"), "2nd Ünder");
    }
}
