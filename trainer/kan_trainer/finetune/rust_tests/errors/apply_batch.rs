//! family: stock
//! split: test

#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    Insert { at: usize, text: String },
    Remove { at: usize, count: usize },
}

#[derive(Debug, PartialEq)]
pub struct BatchError {
    pub index: usize,
    pub lines: usize,
}

/// Applies edits to a list of lines, one after another. When one does not fit, the lines are as
/// before all of them, and the error says which it was and how many lines it met.
pub fn apply_batch(lines: &mut Vec<String>, edits: &[Edit]) -> Result<(), BatchError> {
    let mut draft = lines.clone();
    for (index, edit) in edits.iter().enumerate() {
        let misfit = BatchError {
            index,
            lines: draft.len(),
        };
        match edit {
            Edit::Insert { at, text } if *at <= draft.len() => draft.insert(*at, text.clone()),
            Edit::Remove { at, count } => {
                let end = at.checked_add(*count).filter(|&end| end <= draft.len());
                draft.drain(*at..end.ok_or(misfit)?);
            }
            _ => return Err(misfit),
        }
    }
    *lines = draft;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(edits: &[Edit]) -> (Result<(), BatchError>, String) {
        let mut lines: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
        let result = apply_batch(&mut lines, edits);
        (result, lines.concat())
    }

    fn insert(at: usize) -> Edit {
        Edit::Insert {
            at,
            text: "x".to_string(),
        }
    }

    fn remove(at: usize, count: usize) -> Edit {
        Edit::Remove { at, count }
    }

    #[test]
    fn each_edit_sees_what_the_one_before_left() {
        assert_eq!(
            edited(&[remove(0, 2), insert(1)]),
            (Ok(()), "cx".to_string())
        );
        assert_eq!(
            edited(&[insert(3), remove(3, 1), remove(3, 0)]),
            (Ok(()), "abc".to_string())
        );
    }

    #[test]
    fn a_misfit_undoes_the_whole_batch() {
        let error = Err(BatchError { index: 1, lines: 4 });
        assert_eq!(edited(&[insert(0), insert(5)]), (error, "abc".to_string()));
        let error = Err(BatchError { index: 1, lines: 2 });
        assert_eq!(
            edited(&[remove(0, 1), remove(1, 2)]),
            (error, "abc".to_string())
        );
    }

    #[test]
    fn an_endless_removal_does_not_overflow() {
        // The sum of both does not fit an integer.
        let error = Err(BatchError { index: 0, lines: 3 });
        assert_eq!(edited(&[remove(1, usize::MAX)]), (error, "abc".to_string()));
    }
}
