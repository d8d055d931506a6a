//! family: builders
//! split: train

/// Stands for a field that has not been set.
pub struct Missing;

/// Builds a message; it can be sent only once a receiver has been set, which the type `R` tells.
pub struct MessageBuilder<R> {
    receiver: R,
    lines: Vec<String>,
}

impl MessageBuilder<Missing> {
    pub fn begin() -> Self {
        MessageBuilder {
            receiver: Missing,
            lines: Vec::new(),
        }
    }
}

impl<R> MessageBuilder<R> {
    /// Sets the receiver or changes it.
    pub fn to(self, name: &str) -> MessageBuilder<String> {
        MessageBuilder {
            receiver: name.to_string(),
            lines: self.lines,
        }
    }

    pub fn line(mut self, line: impl ToString) -> Self {
        self.lines.push(line.to_string());
        self
    }
}

impl MessageBuilder<String> {
    pub fn send(self) -> String {
        format!("To {}: {}", self.receiver, self.lines.join(" / "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_set_before_the_receiver_are_kept() {
        let message = MessageBuilder::begin().line("hello").to("ada").line(42);
        assert_eq!(message.send(), "To ada: hello / 42");
    }

    #[test]
    fn the_last_receiver_gets_the_message() {
        assert_eq!(
            MessageBuilder::begin().to("ada").to("bob").send(),
            "To bob: "
        );
    }

    #[test]
    fn a_missing_receiver_takes_no_room() {
        // The mark of a missing field exists at compile time only.
        assert_eq!(
            size_of::<MessageBuilder<Missing>>(),
            size_of::<Vec<String>>()
        );
    }
}
