//! family: macros-collections
//! split: test

/// A struct that can also tell its fields as pairs of name and value.
macro_rules! listed_struct {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        #[derive(Clone, Copy, Default)]
        pub struct $name { $(pub $field: i32),+ }

        impl $name {
            pub fn fields(&self) -> Vec<(&'static str, i32)> {
                vec![$((stringify!($field), self.$field)),+]
            }
        }
    };
}

listed_struct!(Settings {
    width,
    height,
    depth
});

/// What changed between two settings, one `name: old -> new` a line.
pub fn changed_fields(old: &Settings, new: &Settings) -> String {
    let mut changes = String::new();
    for ((name, before), (_, after)) in old.fields().into_iter().zip(new.fields()) {
        if before != after {
            changes += &format!("{name}: {before} -> {after}\n");
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_differs_is_told() {
        // The width is the same in both, and is not listed.
        let old = Settings {
            width: 1,
            height: 2,
            depth: 3,
        };
        let new = Settings {
            height: -5,
            depth: 4,
            ..old
        };
        assert_eq!(
            changed_fields(&old, &new),
            "height: 2 -> -5\ndepth: 3 -> 4\n"
        );
    }

    #[test]
    fn fields_keep_their_order() {
        let names: Vec<&str> = Settings::default()
            .fields()
            .iter()
            .map(|field| field.0)
            .collect();
        assert_eq!(names, ["width", "height", "depth"]);
    }

    proptest! {
        #[test]
        fn nothing_changed_is_nothing_told(width in any::<i32>(), height in any::<i32>()) {
            let settings = Settings { width, height, depth: 0 };
            prop_assert_eq!(changed_fields(&settings, &settings), "");
            let wider = Settings { width: width.wrapping_add(1), ..settings };
            prop_assert_eq!(changed_fields(&settings, &wider).lines().count(), 1);
        }
    }
}
