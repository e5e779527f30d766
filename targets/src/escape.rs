//! Escapers that templates apply by themselves, one for each language of output.

use std::fmt;

use askama::filters::Escaper;

/// Text inside a quoted Mermaid label: entity codes for what would end it or be read as markup.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mermaid;

impl Escaper for Mermaid {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '"' => out.write_str("&quot;")?,
                '<' => out.write_str("&lt;")?,
                '&' => out.write_str("&amp;")?,
                '#' => out.write_str("&num;")?,
                '`' => out.write_str("&grave;")?,
                '\n' | '\r' => out.write_char(' ')?,
                other => out.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_label_is_written_as_an_entity() {
        let mut out = String::new();
        Mermaid
            .write_escaped_str(&mut out, "fare >= \"50\" #1\n`x`")
            .unwrap();
        assert_eq!(out, "fare >= &quot;50&quot; &num;1 &grave;x&grave;");
    }
}
