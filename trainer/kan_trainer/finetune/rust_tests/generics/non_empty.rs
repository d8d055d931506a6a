//! family: conversions
//! split: train

/// A list that cannot be empty, so that its last item always exists.
#[derive(Clone, Debug, PartialEq)]
pub struct NonEmpty<T> {
    head: T,
    tail: Vec<T>,
}

impl<T> TryFrom<Vec<T>> for NonEmpty<T> {
    type Error = &'static str;

    fn try_from(items: Vec<T>) -> Result<Self, Self::Error> {
        let mut items = items.into_iter();
        let head = items.next().ok_or("the list is empty")?;
        Ok(NonEmpty {
            head,
            tail: items.collect(),
        })
    }
}

impl<T> From<NonEmpty<T>> for Vec<T> {
    fn from(mut list: NonEmpty<T>) -> Self {
        list.tail.insert(0, list.head);
        list.tail
    }
}

impl<T> NonEmpty<T> {
    pub fn last(&self) -> &T {
        self.tail.last().unwrap_or(&self.head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_vector_is_refused() {
        assert_eq!(NonEmpty::<u8>::try_from(vec![]), Err("the list is empty"));
    }

    #[test]
    fn a_single_item_is_also_the_last() {
        // The tail is empty, so the head has to answer.
        let list = NonEmpty::try_from(vec!["only"]).unwrap();
        assert_eq!(*list.last(), "only");
    }

    proptest! {
        #[test]
        fn the_way_there_and_back_changes_nothing(items in prop::collection::vec(any::<i8>(), 1..10)) {
            let list = NonEmpty::try_from(items.clone()).unwrap();
            prop_assert_eq!(Some(list.last()), items.last());
            prop_assert_eq!(Vec::from(list), items);
        }
    }
}
