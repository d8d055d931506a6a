//! family: graphs
//! split: train

/// An order in which every step comes after those it needs; `None` if they need each other.
pub fn build_order(needs: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut done = vec![false; needs.len()];
    let mut order = Vec::with_capacity(needs.len());
    while order.len() < needs.len() {
        let ready = (0..needs.len())
            .find(|&step| !done[step] && needs[step].iter().all(|&needed| done[needed]))?;
        done[ready] = true;
        order.push(ready);
    }
    Some(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_needed_comes_first() {
        assert_eq!(
            build_order(&[vec![2, 1], vec![2], vec![]]),
            Some(vec![2, 1, 0])
        );
    }

    #[test]
    fn steps_that_need_nothing_keep_their_order() {
        assert_eq!(build_order(&[vec![], vec![], vec![]]), Some(vec![0, 1, 2]));
        assert_eq!(build_order(&[]), Some(vec![]));
    }

    #[test]
    fn a_circle_cannot_be_built() {
        assert_eq!(build_order(&[vec![], vec![2], vec![1]]), None);
        // A step that needs itself is the smallest circle.
        assert_eq!(build_order(&[vec![0]]), None);
    }

    proptest! {
        #[test]
        fn every_need_stands_before(pairs in prop::collection::vec((0usize..8, 0usize..8), 0..15)) {
            let mut needs = vec![Vec::new(); 8];
            for (a, b) in pairs {
                if a != b {
                    needs[a.max(b)].push(a.min(b));
                }
            }
            let order = build_order(&needs).unwrap();
            let place = |step: usize| order.iter().position(|&other| other == step).unwrap();
            prop_assert!((0..8).all(|step| needs[step].iter().all(|&n| place(n) < place(step))));
        }
    }
}
