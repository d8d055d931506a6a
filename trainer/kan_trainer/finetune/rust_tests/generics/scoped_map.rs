//! family: keyed-containers
//! split: train

use std::collections::HashMap;
use std::hash::Hash;

/// Names in nested scopes, as a compiler keeps them: the innermost definition is the one that is seen.
pub struct ScopedMap<K, V> {
    scopes: Vec<HashMap<K, V>>,
}

impl<K: Hash + Eq, V> ScopedMap<K, V> {
    /// A map of one scope, which is never closed.
    pub fn global() -> Self {
        ScopedMap {
            scopes: vec![HashMap::new()],
        }
    }

    pub fn define(&mut self, key: K, value: V) -> Option<V> {
        self.scopes.last_mut()?.insert(key, value)
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.scopes.iter().rev().find_map(|scope| scope.get(key))
    }

    /// Runs `body` in a scope of its own, whose definitions are forgotten afterwards.
    pub fn nested<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R {
        self.scopes.push(HashMap::new());
        let result = body(self);
        self.scopes.pop();
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inner_definition_hides_the_outer_one_for_a_while() {
        let mut names = ScopedMap::global();
        names.define("x", 1);
        let inner = names.nested(|names| {
            names.define("x", 2);
            names.get(&"x").copied()
        });
        assert_eq!(inner, Some(2));
        assert_eq!(names.get(&"x"), Some(&1));
    }

    #[test]
    fn outer_names_are_seen_from_within() {
        let mut names = ScopedMap::global();
        names.define('a', "outer");
        assert!(names.nested(|n| n.nested(|n| n.get(&'a').is_some())));
        // The other way round nothing is left.
        names.nested(|n| n.define('b', "inner"));
        assert_eq!(names.get(&'b'), None);
    }

    #[test]
    fn defining_again_in_one_scope_returns_the_old_value() {
        // In a new scope there is no old value to return.
        let mut names = ScopedMap::global();
        assert_eq!(names.define(7, 'p'), None);
        assert_eq!(names.define(7, 'q'), Some('p'));
        assert_eq!(names.nested(|n| n.define(7, 'r')), None);
    }
}
