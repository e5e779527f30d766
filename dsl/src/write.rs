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

use smol_str::SmolStr;

use crate::ast::{Entry, Expr, File, Head, Shape};
use crate::format;

/// The files of one system as canonical text, which the formatter leaves as it is.
///
/// Files of one domain, or of none, become one text. A system of several domains is several texts: each but the first
/// stands under a line `//! name.flow`, and the first takes them in by these names.
/// Parentheses are those of the trees: a front end whose operators bind otherwise says so with groups.
pub fn write(files: &[File]) -> String {
    let mut parts: Vec<(SmolStr, Vec<&File>)> = Vec::new();
    for file in files {
        let domain = domain(file);
        match parts.iter_mut().find(|(other, _)| *other == domain) {
            Some((_, files)) => files.push(file),
            None => parts.push((domain, vec![file])),
        }
    }
    let Some(((_, first), others)) = parts.split_first() else {
        return String::new();
    };
    let names: Vec<String> = others.iter().map(|(name, _)| format!("{name}.flow")).collect();
    let mut text = part(first, &names, files.len() > 1);
    for ((_, files), name) in others.iter().zip(&names) {
        text.push_str(&format!("//! {name}\n{}", part(files, &[], true)));
    }
    text
}

/// The domain of a file; those of none belong to the system.
fn domain(file: &File) -> SmolStr {
    let mut domains = file.entries.iter().filter_map(|entry| {
        let Shape::Named(named) = &entry.shape else {
            return None;
        };
        (named.kind.text == "domain").then(|| named.name.text.clone())
    });
    domains.next().unwrap_or_else(|| "system".into())
}

/// Files as one text that takes others in; what they took in themselves is there already if they are `together`.
fn part(files: &[&File], takes_in: &[String], together: bool) -> String {
    let docs = files.iter().flat_map(|file| &file.docs);
    let mut text: String = docs.map(|line| documentation("//!", line)).collect();
    let entries = files.iter().flat_map(|file| &file.entries);
    let entries: Vec<&Entry> = entries.filter(|entry| !(together && is_import(entry))).collect();
    let goes_on = !entries.is_empty() || !takes_in.is_empty();
    if !text.is_empty() && goes_on {
        text.push('\n');
    }
    for name in takes_in {
        text.push_str(&format!("use {}\n", quoted(name)));
    }
    if !takes_in.is_empty() {
        text.push('\n');
    }
    text.push_str(&lines(&order::of_file(entries)));
    format::canonical(text)
}

/// `use "other.flow"`
fn is_import(entry: &Entry) -> bool {
    let Shape::Flow(flow) = &entry.shape else {
        return false;
    };
    let word = flow.clauses.first().map(|clause| &clause.head);
    matches!(word, Some(Head::Word(word)) if word.text == "use")
}

/// One expression in its canonical form.
pub fn written(value: &Expr) -> String {
    expression::expr(value)
}

/// Entries one below the other, a blank line between paragraphs.
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
