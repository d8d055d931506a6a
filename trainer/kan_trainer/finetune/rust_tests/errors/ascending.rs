//! family: folding
//! split: test

/// Two neighbours that are not in ascending order, and where the first of them stands.
#[derive(Debug, PartialEq)]
pub enum OrderError<T> {
    Equal { at: usize, value: T },
    Falling { at: usize, first: T, second: T },
}

/// Collects the items if every one is greater than the one before it; the first two that are not
/// come back otherwise.
pub fn collect_ascending<T: Ord + Clone>(
    items: impl IntoIterator<Item = T>,
) -> Result<Vec<T>, OrderError<T>> {
    items
        .into_iter()
        .try_fold(Vec::new(), |mut sorted: Vec<T>, item| {
            if let Some(last) = sorted.last().filter(|last| **last >= item) {
                let (at, first) = (sorted.len() - 1, last.clone());
                return Err(match first == item {
                    true => OrderError::Equal { at, value: item },
                    false => OrderError::Falling {
                        at,
                        first,
                        second: item,
                    },
                });
            }
            sorted.push(item);
            Ok(sorted)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ascending_items_are_collected() {
        assert_eq!(collect_ascending([1, 3, 4]), Ok(vec![1, 3, 4]));
        assert_eq!(collect_ascending(["x"]), Ok(vec!["x"]));
        assert_eq!(collect_ascending(Vec::<u8>::new()), Ok(vec![]));
    }

    #[test]
    fn equal_neighbours_are_not_ascending() {
        let expected = OrderError::Equal { at: 1, value: 3 };
        assert_eq!(collect_ascending([1, 3, 3, 0]), Err(expected));
    }

    #[test]
    fn the_first_fall_is_reported() {
        let expected = OrderError::Falling {
            at: 0,
            first: "b",
            second: "a",
        };
        assert_eq!(collect_ascending(["b", "a", "c", "b"]), Err(expected));
    }

    #[test]
    fn nothing_behind_the_fault_is_asked_for() {
        // The iterator is endless, the search is not.
        let zigzag = (0..).map(|i| if i == 5 { 0 } else { i });
        let expected = OrderError::Falling {
            at: 4,
            first: 4,
            second: 0,
        };
        assert_eq!(collect_ascending(zigzag), Err(expected));
    }

    proptest! {
        #[test]
        fn sorted_distinct_values_are_accepted(values: std::collections::BTreeSet<i32>) {
            let values: Vec<i32> = values.into_iter().collect();
            prop_assert_eq!(collect_ascending(values.clone()), Ok(values));
        }
    }
}
