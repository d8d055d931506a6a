//! family: options
//! split: train

/// Why there is not exactly one item.
#[derive(Debug, PartialEq)]
pub enum SingleError {
    None,
    Several { first: usize, second: usize },
}

/// The only item that matches, with its index. When a second one matches, the indices of both are
/// returned, and nothing behind it is looked at.
pub fn single<T>(
    items: impl IntoIterator<Item = T>,
    matches: impl Fn(&T) -> bool,
) -> Result<(usize, T), SingleError> {
    let mut found = items
        .into_iter()
        .enumerate()
        .filter(|(_, item)| matches(item));
    let (first, item) = found.next().ok_or(SingleError::None)?;
    match found.next() {
        None => Ok((first, item)),
        Some((second, _)) => Err(SingleError::Several { first, second }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_only_match_is_returned_with_its_index() {
        assert_eq!(single([3, 8, 5], |n| n % 2 == 0), Ok((1, 8)));
        assert_eq!(single(["x"], |_| true), Ok((0, "x")));
    }

    #[test]
    fn without_a_match_there_is_none() {
        assert_eq!(single([1, 3], |n| n % 2 == 0), Err(SingleError::None));
        assert_eq!(single(Vec::<i32>::new(), |_| true), Err(SingleError::None));
    }

    #[test]
    fn the_first_two_of_several_are_told() {
        let expected = SingleError::Several {
            first: 1,
            second: 3,
        };
        assert_eq!(single([1, 2, 3, 4, 6], |n| n % 2 == 0), Err(expected));
        // An endless iterator ends the search too, once two have matched.
        let expected = SingleError::Several {
            first: 5,
            second: 6,
        };
        assert_eq!(single(0.., |&n| n > 4), Err(expected));
    }

    proptest! {
        #[test]
        fn it_agrees_with_counting(values in prop::collection::vec(0u8..5, 0..8)) {
            let count = values.iter().filter(|&&value| value == 0).count();
            let result = single(values, |&value| value == 0);
            prop_assert_eq!(result.is_ok(), count == 1);
            prop_assert_eq!(result == Err(SingleError::None), count == 0);
        }
    }
}
