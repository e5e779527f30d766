//! One line for each finding, as editors and `grep` like them.

use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// `file:line:column: error[CODE]: message`
pub fn short(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    // Writing to a string never fails.
    let mut text = String::new();
    for diagnostic in diagnostics {
        let span = diagnostic.primary.span;
        if let (Some(file), Some((line, column))) = (sources.file_name(span), sources.line_column(span)) {
            let _ = write!(text, "{file}:{line}:{column}: ");
        }
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warn => "warning",
            Severity::Hint => "hint",
        };
        let message = printable(&diagnostic.message);
        let _ = writeln!(text, "{severity}[{}]: {message}", diagnostic.code);
    }
    text
}

/// Source text is quoted in messages; its control characters must not reach a terminal.
fn printable(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    for character in message.chars() {
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}
