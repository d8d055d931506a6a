//! family: higher-order
//! split: test

type Stage<'a, T> = Box<dyn Fn(T) -> Option<T> + 'a>;

/// Stages that a value passes one after the other, until one of them keeps it back.
pub struct Pipeline<'a, T> {
    stages: Vec<Stage<'a, T>>,
}

impl<'a, T: 'a> Pipeline<'a, T> {
    pub fn new() -> Self {
        Pipeline { stages: Vec::new() }
    }

    /// Adds a stage that changes every value.
    pub fn map(mut self, change: impl Fn(T) -> T + 'a) -> Self {
        self.stages.push(Box::new(move |value| Some(change(value))));
        self
    }

    /// Adds a stage that lets pass what `keep` accepts.
    pub fn filter(mut self, keep: impl Fn(&T) -> bool + 'a) -> Self {
        self.stages
            .push(Box::new(move |value| Some(value).filter(&keep)));
        self
    }

    pub fn run(&self, value: T) -> Option<T> {
        self.stages
            .iter()
            .try_fold(value, |value, stage| stage(value))
    }
}

impl<'a, T: 'a> Default for Pipeline<'a, T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_run_in_the_order_they_were_added() {
        let pipeline = Pipeline::new().map(|n| n + 1).map(|n| n * 10);
        assert_eq!(pipeline.run(2), Some(30));
    }

    #[test]
    fn a_filter_keeps_values_back() {
        let pipeline = Pipeline::new().filter(|n| n % 2 == 0).map(|n| n / 2);
        assert_eq!(pipeline.run(8), Some(4));
        assert_eq!(pipeline.run(7), None);
    }

    #[test]
    fn nothing_runs_behind_a_value_kept_back() {
        let runs = std::cell::Cell::new(0);
        let pipeline = Pipeline::new()
            .filter(|word: &String| word.len() > 2)
            .map(|word| {
                runs.set(runs.get() + 1);
                word + "!"
            });
        assert_eq!(pipeline.run("no".to_string()), None);
        assert_eq!(runs.get(), 0);
        assert_eq!(pipeline.run("yes".to_string()).as_deref(), Some("yes!"));
        assert_eq!(runs.get(), 1);
    }

    #[test]
    fn without_stages_the_value_is_returned() {
        // Nothing is there to change it.
        assert_eq!(Pipeline::default().run('x'), Some('x'));
    }
}
