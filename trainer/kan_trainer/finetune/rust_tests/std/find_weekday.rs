//! family: macros
//! split: train

/// An enum whose members know their own text.
macro_rules! named_enum {
    ($name:ident { $($member:ident),+ }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($member),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$member),+];

            pub fn text(self) -> &'static str {
                match self { $($name::$member => stringify!($member)),+ }
            }
        }
    };
}

named_enum!(Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday
});

/// The one day that begins like `start`, in either case; `None` for none or more than one.
pub fn find_weekday(start: &str) -> Option<Weekday> {
    let start = start.to_lowercase();
    let mut fitting = Weekday::ALL
        .iter()
        .filter(|day| day.text().to_lowercase().starts_with(&start));
    let day = fitting.next()?;
    fitting.next().is_none().then_some(*day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_are_enough() {
        assert_eq!(find_weekday("we"), Some(Weekday::Wednesday));
        assert_eq!(find_weekday("FRI"), Some(Weekday::Friday));
        assert_eq!(find_weekday("Sunday"), Some(Weekday::Sunday));
    }

    #[test]
    fn two_days_that_begin_alike_are_not_told_apart() {
        // Tuesday or Thursday; and everything begins with nothing.
        assert_eq!(find_weekday("t"), None);
        assert_eq!(find_weekday(""), None);
    }

    #[test]
    fn no_day_is_longer_than_its_name() {
        assert_eq!(find_weekday("mondays"), None);
        assert_eq!(Weekday::ALL.len(), 7);
    }
}
