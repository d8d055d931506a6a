//! family: versions
//! split: train

/// Whether `version` satisfies the caret requirement `^required`: at least as new, and with the
/// leftmost non-zero part unchanged. A version that is too new says which part broke the promise.
pub fn check_caret(required: [u32; 3], version: [u32; 3]) -> Result<(), Mismatch> {
    if version < required {
        return Err(Mismatch::TooOld);
    }
    let fixed = required.iter().position(|&part| part != 0).unwrap_or(2);
    match (0..=fixed).find(|&i| version[i] != required[i]) {
        Some(part) => Err(Mismatch::Incompatible { part }),
        None => Ok(()),
    }
}

#[derive(Debug, PartialEq)]
pub enum Mismatch {
    TooOld,
    Incompatible { part: usize },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_required_version_itself_is_enough() {
        assert_eq!(check_caret([1, 2, 3], [1, 2, 3]), Ok(()));
        assert_eq!(check_caret([0, 0, 0], [0, 0, 0]), Ok(()));
    }

    #[test]
    fn an_older_version_is_too_old() {
        assert_eq!(check_caret([1, 2, 3], [1, 2, 2]), Err(Mismatch::TooOld));
        assert_eq!(check_caret([1, 2, 3], [0, 9, 9]), Err(Mismatch::TooOld));
    }

    #[test]
    fn after_one_the_major_part_is_fixed() {
        assert_eq!(check_caret([1, 2, 3], [1, 9, 0]), Ok(()));
        assert_eq!(
            check_caret([1, 2, 3], [2, 0, 0]),
            Err(Mismatch::Incompatible { part: 0 })
        );
    }

    #[test]
    fn before_one_the_first_non_zero_part_is_fixed() {
        assert_eq!(check_caret([0, 2, 3], [0, 2, 9]), Ok(()));
        assert_eq!(
            check_caret([0, 2, 3], [0, 3, 0]),
            Err(Mismatch::Incompatible { part: 1 })
        );
        assert_eq!(
            check_caret([0, 0, 3], [0, 0, 4]),
            Err(Mismatch::Incompatible { part: 2 })
        );
        // With nothing but zeros, only the very same version will do.
        assert_eq!(
            check_caret([0, 0, 0], [0, 0, 1]),
            Err(Mismatch::Incompatible { part: 2 })
        );
    }
}
