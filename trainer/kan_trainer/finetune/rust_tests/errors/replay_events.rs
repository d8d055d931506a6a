//! family: transitions
//! split: train

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Status {
    Draft,
    Review { approvals: u8 },
    Published,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action {
    Submit,
    Approve,
    Reject,
}

#[derive(Debug, PartialEq)]
pub struct Illegal {
    pub step: usize,
    pub status: Status,
}

/// Replays what was done to a document, which begins as a draft and is published by its second
/// approval. The first action that the status does not allow ends the replay.
pub fn replay(actions: &[Action]) -> Result<Status, Illegal> {
    let mut status = Status::Draft;
    for (step, action) in actions.iter().enumerate() {
        status = match (status, action) {
            (Status::Draft, Action::Submit) => Status::Review { approvals: 0 },
            (Status::Review { approvals: 1 }, Action::Approve) => Status::Published,
            (Status::Review { approvals }, Action::Approve) => Status::Review {
                approvals: approvals + 1,
            },
            (Status::Review { .. }, Action::Reject) => Status::Draft,
            _ => return Err(Illegal { step, status }),
        };
    }
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    use Action::*;

    #[test]
    fn two_approvals_publish() {
        assert_eq!(replay(&[]), Ok(Status::Draft));
        assert_eq!(
            replay(&[Submit, Approve]),
            Ok(Status::Review { approvals: 1 })
        );
        assert_eq!(replay(&[Submit, Approve, Approve]), Ok(Status::Published));
    }

    #[test]
    fn a_rejection_loses_the_approvals() {
        let again = [Submit, Approve, Reject, Submit, Approve];
        assert_eq!(replay(&again[..3]), Ok(Status::Draft));
        // The approval before the rejection does not count any more.
        assert_eq!(replay(&again), Ok(Status::Review { approvals: 1 }));
    }

    #[test]
    fn the_first_illegal_action_ends_the_replay() {
        let status = Status::Draft;
        assert_eq!(replay(&[Approve, Submit]), Err(Illegal { step: 0, status }));
        let status = Status::Review { approvals: 0 };
        assert_eq!(
            replay(&[Submit, Submit, Reject]),
            Err(Illegal { step: 1, status })
        );
    }

    #[test]
    fn a_published_document_is_final() {
        let status = Status::Published;
        for action in [Submit, Approve, Reject] {
            let result = replay(&[Submit, Approve, Approve, action]);
            assert_eq!(result, Err(Illegal { step: 3, status }));
        }
    }
}
