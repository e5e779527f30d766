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

/// Text that ends where the line ends: a label of a state or a message, where entities of HTML would end it too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MermaidLine;

impl Escaper for MermaidLine {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '"' | '<' | '>' | '&' | '#' | ';' | ':' | '`' | '%' | '{' | '}' => {
                    write!(out, "#{};", u32::from(letter))?;
                }
                '\n' | '\r' => out.write_char(' ')?,
                other => out.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A text as one YAML scalar: bare where YAML 1.1 and 1.2 agree that it is a text, in double quotes everywhere else.
///
/// What is no text, a number or a part of a document, is written with `|safe`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Yaml;

impl Escaper for Yaml {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        if is_bare(text) {
            return out.write_str(text);
        }
        out.write_char('"')?;
        for letter in text.chars() {
            match letter {
                '"' => out.write_str("\\\"")?,
                '\\' => out.write_str("\\\\")?,
                '\n' => out.write_str("\\n")?,
                '\t' => out.write_str("\\t")?,
                // Those that end a line for some reader, and the mark of a byte order.
                '\u{2028}' | '\u{2029}' | '\u{feff}' => write!(out, "\\u{:04x}", u32::from(letter))?,
                other if other.is_control() => write!(out, "\\u{:04x}", u32::from(other))?,
                other => out.write_char(other)?,
            }
        }
        out.write_char('"')
    }
}

/// Words that some YAML reads as a truth value or as nothing.
const YAML_WORDS: [&str; 9] = ["false", "n", "no", "null", "off", "on", "true", "y", "yes"];

fn is_bare(text: &str) -> bool {
    let inside = |letter: char| letter.is_ascii_alphanumeric() || "_./- ".contains(letter);
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
        && text.chars().all(inside)
        && !text.ends_with(' ')
        && !text.contains(" -")
        && !YAML_WORDS.contains(&text.to_ascii_lowercase().as_str())
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

    #[test]
    fn a_scalar_stays_the_text_that_it_is() {
        let written = |text: &str| {
            let mut out = String::new();
            Yaml.write_escaped_str(&mut out, text).unwrap();
            out
        };
        for (text, yaml) in [
            (
                "RideManagement.submit writes rides",
                "RideManagement.submit writes rides",
            ),
            ("", "\"\""),
            ("No", "\"No\""),
            ("2.0", "\"2.0\""),
            ("a: b #c", "\"a: b #c\""),
            ("{x}", "\"{x}\""),
            ("say \"hi\"\\\n", "\"say \\\"hi\\\"\\\\\\n\""),
            ("\u{7f}\u{2028}ü", "\"\\u007f\\u2028ü\""),
        ] {
            assert_eq!(written(text), yaml);
        }
    }
}
