//! family: writing
//! split: train

use std::io::Result;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Writes one row of comma-separated values. A field with a comma, a quote or a line break is
/// put into quotes, and the quotes within it are doubled. Returns how many fields were quoted.
pub async fn write_csv_row(
    writer: &mut (impl AsyncWrite + Unpin),
    fields: &[&str],
) -> Result<usize> {
    let mut quoted = 0;
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            writer.write_all(b",").await?;
        }
        if field.contains([',', '"', '\n', '\r']) {
            quoted += 1;
            let escaped = format!("\"{}\"", field.replace('"', "\"\""));
            writer.write_all(escaped.as_bytes()).await?;
        } else {
            writer.write_all(field.as_bytes()).await?;
        }
    }
    writer.write_all(b"\n").await?;
    Ok(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn row(fields: &[&str]) -> (String, usize) {
        let mut output = Vec::new();
        let quoted = write_csv_row(&mut output, fields).await.unwrap();
        (String::from_utf8(output).unwrap(), quoted)
    }

    #[tokio::test]
    async fn plain_fields_stay_as_they_are() {
        // An empty field needs no quotes, and an empty row is a line.
        assert_eq!(row(&["a", "", "b c"]).await, ("a,,b c\n".to_string(), 0));
        assert_eq!(row(&[]).await, ("\n".to_string(), 0));
    }

    #[tokio::test]
    async fn quotes_are_doubled() {
        assert_eq!(
            row(&["5\" nail"]).await,
            ("\"5\"\" nail\"\n".to_string(), 1)
        );
    }

    #[tokio::test]
    async fn commas_and_line_breaks_need_quotes() {
        let expected = "\"a,b\",c,\"d\ne\"\n".to_string();
        assert_eq!(row(&["a,b", "c", "d\ne"]).await, (expected, 2));
        // A lone carriage return is a line break too for some readers.
        assert_eq!(row(&["\r"]).await.1, 1);
    }

    proptest! {
        #[test]
        fn the_row_has_an_even_number_of_quotes(
            fields in prop::collection::vec("[a,\"]{0,5}", 0..5),
        ) {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (text, quoted) = runtime.block_on(row(&fields));
            prop_assert_eq!(text.matches('"').count() % 2, 0);
            let expected = fields.iter().filter(|field| field.contains([',', '"'])).count();
            prop_assert_eq!(quoted, expected);
        }
    }
}
