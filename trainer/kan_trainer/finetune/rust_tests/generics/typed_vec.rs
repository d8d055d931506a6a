//! family: phantom-types
//! split: train

use std::marker::PhantomData;

/// A vector that is indexed by ids of its own kind `K` only.
pub struct TypedVec<K, T> {
    items: Vec<T>,
    kind: PhantomData<K>,
}

impl<K, T> Default for TypedVec<K, T> {
    fn default() -> Self {
        TypedVec {
            items: Vec::new(),
            kind: PhantomData,
        }
    }
}

impl<K: From<usize> + Into<usize>, T> TypedVec<K, T> {
    /// Stores `item` and returns the id it is found by.
    pub fn push(&mut self, item: T) -> K {
        self.items.push(item);
        K::from(self.items.len() - 1)
    }

    pub fn get(&self, id: K) -> Option<&T> {
        self.items.get(id.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct UserId(usize);

    impl From<usize> for UserId {
        fn from(index: usize) -> Self {
            UserId(index)
        }
    }

    impl From<UserId> for usize {
        fn from(id: UserId) -> usize {
            id.0
        }
    }

    #[test]
    fn an_item_is_found_by_the_id_it_got() {
        let mut users = TypedVec::<UserId, &str>::default();
        let ada = users.push("ada");
        let bob = users.push("bob");
        assert_eq!(users.get(ada), Some(&"ada"));
        assert_eq!(users.get(bob), Some(&"bob"));
    }

    #[test]
    fn ids_are_counted_from_zero() {
        let mut users = TypedVec::<UserId, char>::default();
        assert_eq!(users.push('a'), UserId(0));
        assert_eq!(users.push('b'), UserId(1));
    }

    #[test]
    fn an_id_beyond_the_end_finds_nothing() {
        // It may come from another vector of the same kind.
        assert_eq!(TypedVec::<UserId, u8>::default().get(UserId(0)), None);
    }
}
