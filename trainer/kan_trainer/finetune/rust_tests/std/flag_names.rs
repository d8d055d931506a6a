//! family: macros
//! split: train

/// Names constants after what they are called, so that both never differ.
macro_rules! flags {
    ($($name:ident = $bit:expr),+ $(,)?) => {
        $(pub const $name: u8 = 1 << $bit;)+
        const NAMES: &[(&str, u8)] = &[$((stringify!($name), $name)),+];
    };
}

flags! { READ = 0, WRITE = 1, EXECUTE = 2, HIDDEN = 7 }

/// The names of the flags that are set, with a bar between them; `-` for none.
pub fn flag_names(flags: u8) -> String {
    let set: Vec<&str> = NAMES
        .iter()
        .filter(|(_, bit)| flags & bit != 0)
        .map(|(name, _)| *name)
        .collect();
    if set.is_empty() {
        "-".to_string()
    } else {
        set.join("|")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_has_its_own_bit() {
        assert_eq!((READ, WRITE, EXECUTE, HIDDEN), (1, 2, 4, 128));
    }

    #[test]
    fn set_flags_are_named_in_order() {
        assert_eq!(flag_names(HIDDEN | READ), "READ|HIDDEN");
        assert_eq!(flag_names(WRITE | EXECUTE), "WRITE|EXECUTE");
    }

    #[test]
    fn bits_without_a_name_are_passed_over() {
        // Bits 3 to 6 have no name.
        assert_eq!(flag_names(0), "-");
        assert_eq!(flag_names(0b0111_1000), "-");
    }
}
