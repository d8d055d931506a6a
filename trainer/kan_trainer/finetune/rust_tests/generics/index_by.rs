//! family: grouping
//! split: validation

use std::collections::BTreeMap;

/// Values by a key that must be unique, borrowed from the slice they are in.
///
/// Two values of one key are the error, the earlier first.
pub fn index_by<'a, T, K, F>(values: &'a [T], key: F) -> Result<BTreeMap<K, &'a T>, (&'a T, &'a T)>
where
    K: Ord + 'a,
    F: Fn(&'a T) -> K,
{
    let mut index = BTreeMap::new();
    for value in values {
        if let Some(earlier) = index.insert(key(value), value) {
            return Err((earlier, value));
        }
    }
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_found_by_its_key() {
        let people = [("ann", 31), ("bob", 27)];
        let by_name = index_by(&people, |person| person.0).unwrap();
        assert_eq!(by_name["bob"], &("bob", 27));
        assert_eq!(by_name.get("cid"), None);
    }

    #[test]
    fn two_values_of_one_key_are_an_error() {
        let words = ["fig", "pear", "kiwi", "nut"];
        // 4 is the first length to come back, though "nut" repeats one too.
        assert_eq!(index_by(&words, |word| word.len()), Err((&"pear", &"kiwi")));
    }

    #[test]
    fn keys_may_borrow_from_the_values() {
        let lines = [String::from("a=1"), String::from("b=2")];
        let index = index_by(&lines, |line| &line[..1]).unwrap();
        assert_eq!(index["b"], "b=2");
        assert!(index_by(&[] as &[u8], |n| *n).unwrap().is_empty());
    }
}
