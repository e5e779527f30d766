//! Trees back to text: the canonical `.flow` of a system, whichever front end its trees come from.
//!
//! Trees have no comments, blanks and spellings, so neither has the text: entries stand by kind, blank lines follow from
//! what they separate, and a value has one spelling. Reading it back gives the same trees, up to that order.

mod entry;
mod expression;
mod literal;
mod order;

pub(crate) use literal::literal;
pub use literal::quoted;

use crate::ast::{Entry, File};
use crate::format;

/// The files of one system as one canonical text, which the formatter leaves as it is.
///
/// Parentheses are those of the trees: a front end whose operators bind otherwise says so with groups.
pub fn write(files: &[File]) -> String {
    let docs = files.iter().flat_map(|file| &file.docs);
    let mut text: String = docs.map(|line| documentation("//!", line)).collect();
    let entries: Vec<&Entry> = files.iter().flat_map(|file| &file.entries).collect();
    if !text.is_empty() && !entries.is_empty() {
        text.push('\n');
    }
    text.push_str(&lines(&order::of_file(entries)));
    format::canonical(text)
}

/// Entries one below the other, a blank line between paragraphs.
/// One expression in its canonical form.
pub fn written(value: &crate::ast::Expr) -> String {
    expression::expr(value)
}

fn lines(paragraphs: &[Vec<&Entry>]) -> String {
    let paragraphs = paragraphs.iter().map(|entries| {
        let entries = entries.iter().map(|entry| documented(entry));
        entries.collect::<String>()
    });
    paragraphs.collect::<Vec<_>>().join("\n")
}

/// An entry below its documentation.
fn documented(entry: &Entry) -> String {
    let docs: String = entry.docs.iter().map(|line| documentation("///", line)).collect();
    format!("{docs}{}\n", entry::shape(&entry.shape))
}

/// What an author wrote, behind its mark; an attribute of Rust may hold several lines.
fn documentation(mark: &str, text: &str) -> String {
    let lines = text.split('\n').map(str::trim_end);
    let marked = lines.map(|line| {
        if line.is_empty() {
            format!("{mark}\n")
        } else {
            format!("{mark} {line}\n")
        }
    });
    marked.collect()
}

#[cfg(test)]
mod tests;
