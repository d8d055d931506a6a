//! family: dyn-traits
//! split: train

/// What a listener wants done with it after an event.
#[derive(PartialEq)]
pub enum After {
    Stay,
    Leave,
}

type Listener<'a, E> = Box<dyn FnMut(&E) -> After + 'a>;

/// Hands events to listeners, which may borrow from their surroundings for `'a`.
pub struct EventBus<'a, E> {
    listeners: Vec<Listener<'a, E>>,
}

impl<E> Default for EventBus<'_, E> {
    fn default() -> Self {
        EventBus {
            listeners: Vec::new(),
        }
    }
}

impl<'a, E> EventBus<'a, E> {
    pub fn subscribe(&mut self, listener: impl FnMut(&E) -> After + 'a) {
        self.listeners.push(Box::new(listener));
    }

    /// Calls every listener in the order of subscription; returns how many stayed.
    pub fn publish(&mut self, event: &E) -> usize {
        self.listeners
            .retain_mut(|listener| listener(event) == After::Stay);
        self.listeners.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_called_in_their_order() {
        let heard = std::cell::RefCell::new(Vec::new());
        let mut bus = EventBus::default();
        for name in ["a", "b"] {
            let heard = &heard;
            bus.subscribe(move |event: &i32| {
                heard.borrow_mut().push(format!("{name}{event}"));
                After::Stay
            });
        }
        assert_eq!(bus.publish(&1), 2);
        assert_eq!(bus.publish(&2), 2);
        assert_eq!(*heard.borrow(), ["a1", "b1", "a2", "b2"]);
    }

    #[test]
    fn who_leaves_hears_no_more() {
        let mut heard = Vec::new();
        let mut bus = EventBus::default();
        bus.subscribe(|word: &&str| {
            heard.push(word.to_string());
            if *word == "stop" {
                After::Leave
            } else {
                After::Stay
            }
        });
        // The event that makes it leave is still heard.
        assert_eq!(
            ["go", "stop", "go"].map(|word| bus.publish(&word)),
            [1, 0, 0]
        );
        drop(bus);
        assert_eq!(heard, ["go", "stop"]);
    }

    #[test]
    fn an_event_without_listeners_is_lost() {
        assert_eq!(EventBus::default().publish(&()), 0);
    }
}
