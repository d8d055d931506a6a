//! family: conversions
//! split: train

/// Converts every value, or returns the position of the first that has no place in the new type and why.
pub fn convert_all<T, U>(values: impl IntoIterator<Item = T>) -> Result<Vec<U>, (usize, U::Error)>
where
    U: TryFrom<T>,
{
    values
        .into_iter()
        .enumerate()
        .map(|(at, value)| U::try_from(value).map_err(|error| (at, error)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_that_fit_are_converted() {
        assert_eq!(convert_all::<i32, u8>([0, 255]).unwrap(), [0u8, 255]);
        assert_eq!(convert_all::<u32, char>([97]).unwrap(), ['a']);
    }

    #[test]
    fn the_first_misfit_is_named() {
        // Both 300 and -1 are out of range.
        let (at, error) = convert_all::<i32, u8>([1, 300, -1]).unwrap_err();
        assert_eq!(at, 1);
        assert!(error.to_string().contains("out of range"));
    }

    #[test]
    fn nothing_converts_to_nothing() {
        // There is nothing that could fail.
        assert_eq!(convert_all::<i64, i8>([]), Ok(vec![]));
    }

    proptest! {
        #[test]
        fn it_fails_exactly_where_a_value_is_too_large(values in prop::collection::vec(0u16..300, 0..10)) {
            let misfit = values.iter().position(|&n| n > 255);
            match convert_all::<u16, u8>(values.clone()) {
                Ok(small) => {
                    prop_assert_eq!(misfit, None);
                    prop_assert!(small.iter().copied().map(u16::from).eq(values));
                }
                Err((at, _)) => prop_assert_eq!(Some(at), misfit),
            }
        }
    }
}
