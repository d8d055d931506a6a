//! family: parsing
//! split: train

/// Red, green and blue of `#rrggbb` or the short `#rgb`.
pub fn parse_colour(text: &str) -> Option<(u8, u8, u8)> {
    let digits: Vec<u8> = text
        .strip_prefix('#')?
        .chars()
        .map(|c| c.to_digit(16).map(|digit| digit as u8))
        .collect::<Option<_>>()?;
    match digits[..] {
        [r, g, b] => Some((r * 17, g * 17, b * 17)),
        [r, s, g, h, b, c] => Some((r * 16 + s, g * 16 + h, b * 16 + c)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn six_digits_are_two_a_channel() {
        assert_eq!(parse_colour("#0aFf10"), Some((10, 255, 16)));
    }

    #[test]
    fn three_digits_are_doubled() {
        // The short form of one digit `f` is `ff`, not `f0`.
        assert_eq!(parse_colour("#f0c"), parse_colour("#ff00cc"));
        assert_eq!(parse_colour("#123"), Some((0x11, 0x22, 0x33)));
    }

    #[test]
    fn other_forms_are_refused() {
        // Four digits would be a colour with transparency.
        for text in ["", "#", "fff", "#ffff", "#ggg", "##fff"] {
            assert_eq!(parse_colour(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_colour_is_read_again(r in any::<u8>(), g in any::<u8>(), b in any::<u8>()) {
            let text = format!("#{:02x}{:02X}{:02x}", r, g, b);
            prop_assert_eq!(parse_colour(&text), Some((r, g, b)));
        }
    }
}
