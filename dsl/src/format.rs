//! The canonical form of a `.flow` text: what `aqueduct fmt` writes.
//!
//! Nothing is read from how the text was laid out except where its comments stand and which lines were left blank, so
//! formatting twice is formatting once. No word is dropped, added or changed; only line breaks, blanks, the commas that
//! a line break replaces, and the order of clauses where order means nothing.

mod columns;
mod marks;
mod order;
mod print;
mod space;
mod tree;

use pest::Parser as _;

use crate::diagnostic::{Diagnostic, Severity};
use crate::grammar::{Grammar, Rule};
use crate::parse;
use crate::source::{FileId, SourceMap};

/// The canonical form of a file. One that can't be read is left as it is: what comes back says why.
pub fn format(sources: &mut SourceMap, file: FileId) -> Result<String, Vec<Diagnostic>> {
    let formatted = laid_out(sources, file, |_| {})?;
    // A file keeps its kind of line break.
    let first_line = sources.file(file).text.split_inclusive('\n').next();
    Ok(if first_line.is_some_and(|line| line.ends_with("\r\n")) {
        formatted.replace('\n', "\r\n")
    } else {
        formatted
    })
}

/// The canonical form of a text that was made from trees, with blank lines where they help.
/// Trees that say what can't be written in `.flow` are left as they were put down, for the parser to complain about.
pub(crate) fn canonical(text: String) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add("canonical.flow", text.as_str());
    laid_out(&mut sources, file, |tree| space::set_apart(tree, 0)).unwrap_or(text)
}

/// Reads a text, arranges its clauses, does what else is wanted, and prints it.
fn laid_out(
    sources: &mut SourceMap,
    file: FileId,
    then: fn(&mut tree::List<'_>),
) -> Result<String, Vec<Diagnostic>> {
    let found = parse(sources, file).diagnostics;
    if found.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(found);
    }
    let text = sources.file(file).text.clone();
    let Ok(pairs) = Grammar::parse(Rule::file, &text) else {
        return Err(found);
    };
    let mut tree = tree::read(&text, &marks::find(pairs));
    order::arrange(&mut tree, None);
    then(&mut tree);
    Ok(print::print(&tree))
}

#[cfg(test)]
mod tests;
