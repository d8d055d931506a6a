//! family: writing
//! split: train

use std::io::Result;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Writes `text` as a quoted string: quotes and backslashes are escaped, line breaks and tabs
/// become `\n` and `\t`, and other control characters `\u00..`.
pub async fn write_quoted(writer: &mut (impl AsyncWrite + Unpin), text: &str) -> Result<()> {
    let mut output = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => output.extend(['\\', letter]),
            '\n' => output.push_str("\\n"),
            '\t' => output.push_str("\\t"),
            control if control < ' ' => {
                output.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            _ => output.push(letter),
        }
    }
    output.push('"');
    writer.write_all(output.as_bytes()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn quoted(text: &str) -> String {
        let mut output = Vec::new();
        write_quoted(&mut output, text).await.unwrap();
        String::from_utf8(output).unwrap()
    }

    #[tokio::test]
    async fn quotes_and_backslashes_are_escaped() {
        assert_eq!(quoted(r#"a"b\c"#).await, r#""a\"b\\c""#);
    }

    #[tokio::test]
    async fn control_characters_become_visible() {
        assert_eq!(quoted("a\nb\tc").await, r#""a\nb\tc""#);
        assert_eq!(quoted("\u{1}\u{1f}").await, r#""\u0001\u001f""#);
    }

    #[tokio::test]
    async fn a_blank_is_no_control_character() {
        // Letters beyond ASCII stay as they are.
        assert_eq!(quoted(" ü").await, "\" ü\"");
        assert_eq!(quoted("").await, "\"\"");
    }

    proptest! {
        #[test]
        fn the_output_holds_no_control_character(text in any::<String>()) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let output = runtime.block_on(quoted(&text));
            prop_assert!(output.len() >= text.len() + 2);
            prop_assert!(!output.chars().any(|letter| letter < ' '));
        }
    }
}
