//! `use "other.flow"`: the files of one system, each once, in the order in which they are first named.
//!
//! Reading files is the caller's: what it is asked for is a path as it is written, and the file that it is written in.

use std::collections::HashMap;

use aqueduct_dsl::ast::{self, Literal};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::{FileId, SourceMap, SpanId};
use aqueduct_dsl::{Parsed, parse};
use smol_str::SmolStr;

use crate::codes;

/// A file that was asked for.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What it is called in findings; two paths that lead to one file have one name.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Finds a file: the name of the one that asks, the path as it is written there. The error says why it can't be read.
pub type Open<'a> = dyn FnMut(&str, &str) -> Result<Opened, String> + 'a;

/// All files of a system as trees.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) trees: Vec<Parsed>,
    pub(crate) findings: Vec<Diagnostic>,
}

/// Parses a file and whatever it takes in. Circles are allowed: every file is read once.
pub(crate) fn gather(sources: &mut SourceMap, first: FileId, open: &mut Open<'_>) -> Gathered {
    let mut gathered = Gathered::default();
    let name = sources.file(first).name.to_string();
    let mut known: HashMap<String, SpanId> = HashMap::from([(name.clone(), SpanId::NOWHERE)]);
    let mut waiting = vec![(first, name)];
    while let Some((file, name)) = waiting.pop() {
        let parsed = parse(sources, file);
        let mut next = Vec::new();
        for (path, span) in imports(&parsed.file) {
            match open(&name, &path) {
                Ok(opened) if known.contains_key(&opened.name) => {}
                Ok(opened) => {
                    let _ = known.insert(opened.name.clone(), span);
                    next.push((sources.add(&opened.name, opened.text), opened.name));
                }
                Err(why) => gathered.findings.push(
                    Diagnostic::error(
                        codes::UNRESOLVED_NAME,
                        span,
                        format!("\"{path}\" can't be taken in"),
                    )
                    .label(why)
                    .note("a path is relative to the file that it is written in")
                    .help("mend the path, or delete the line"),
                ),
            }
        }
        waiting.extend(next.into_iter().rev());
        gathered.trees.push(parsed);
    }
    gathered
}

/// The paths that a file takes in, with their places.
pub fn imports(file: &ast::File) -> Vec<(SmolStr, SpanId)> {
    let mut found = Vec::new();
    for entry in &file.entries {
        let ast::Shape::Flow(flow) = &entry.shape else {
            continue;
        };
        let [clause] = flow.clauses.as_slice() else {
            continue;
        };
        let ast::Head::Word(word) = &clause.head else {
            continue;
        };
        if word.text == "use"
            && let [path] = clause.args.as_slice()
            && let Some(Literal::Text(text)) = path.as_literal()
        {
            found.push((text.clone(), path.span));
        }
    }
    found
}
