//! family: linear-containers
//! split: train

/// The address of a value in an [`Arena`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Handle {
    index: usize,
    generation: u32,
}

/// Values in slots that are used again; a handle of a removed value never reaches its successor.
#[derive(Default)]
pub struct Arena<T> {
    slots: Vec<(u32, Option<T>)>,
}

impl<T> Arena<T> {
    pub fn insert(&mut self, value: T) -> Handle {
        let free = self.slots.iter().position(|slot| slot.1.is_none());
        let index = free.unwrap_or_else(|| {
            self.slots.push((0, None));
            self.slots.len() - 1
        });
        self.slots[index].1 = Some(value);
        let generation = self.slots[index].0;
        Handle { index, generation }
    }

    pub fn remove(&mut self, handle: Handle) -> Option<T> {
        let slot = self.slots.get_mut(handle.index)?;
        if slot.0 != handle.generation {
            return None;
        }
        slot.0 += 1;
        slot.1.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_removed_by_its_own_handle() {
        let mut arena = Arena::default();
        let oak = arena.insert("oak");
        let elm = arena.insert("elm");
        assert_ne!(oak, elm);
        assert_eq!(arena.remove(elm), Some("elm"));
        assert_eq!(arena.remove(oak), Some("oak"));
    }

    #[test]
    fn a_stale_handle_does_not_reach_the_new_tenant() {
        let mut arena = Arena::default();
        let old = arena.insert(1);
        assert_eq!(arena.remove(old), Some(1));
        let new = arena.insert(2);
        // The slot is the same, the generation is not.
        assert_eq!(new.index, old.index);
        assert_eq!(arena.remove(old), None);
        assert_eq!(arena.remove(new), Some(2));
    }

    #[test]
    fn a_handle_of_a_larger_arena_finds_nothing() {
        let mut large = Arena::default();
        large.insert('a');
        let second = large.insert('b');
        let mut small = Arena::default();
        small.insert('c');
        assert_eq!(small.remove(second), None);
    }

    #[test]
    fn freed_slots_are_filled_before_new_ones_are_made() {
        let mut arena = Arena::default();
        let first = arena.insert(10);
        arena.insert(20);
        arena.remove(first);
        arena.insert(30);
        assert_eq!(arena.slots.len(), 2);
    }
}
