//! family: parsing
//! split: train

/// The fields of one line of CSV; in quotes, commas are text and `""` is one quote.
pub fn split_csv(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let last = fields.len() - 1;
        match c {
            '"' if quoted && rest.next_if_eq(&'"').is_some() => fields[last].push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => fields[last].push(c),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commas_part_fields_and_empty_ones_count() {
        assert_eq!(split_csv("a,,b,"), ["a", "", "b", ""]);
        assert_eq!(split_csv(""), [""]);
    }

    #[test]
    fn quotes_protect_commas() {
        assert_eq!(split_csv("\"a,b\",c"), ["a,b", "c"]);
    }

    #[test]
    fn a_doubled_quote_is_one() {
        assert_eq!(split_csv("\"say \"\"hi\"\"\",x"), ["say \"hi\"", "x"]);
        // Outside of quotes two of them open and close an empty text.
        assert_eq!(split_csv("\"\",y"), ["", "y"]);
    }

    proptest! {
        #[test]
        fn quoted_fields_come_back_whole(fields in prop::collection::vec("[a,\" ]{0,6}", 1..5)) {
            let quoted: Vec<String> =
                fields.iter().map(|field| ["\"", &field.replace('"', "\"\""), "\""].concat()).collect();
            prop_assert_eq!(split_csv(&quoted.join(",")), fields);
        }
    }
}
