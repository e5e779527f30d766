//! What the tests share: reading cases, analyzing text, comparing trees of files.

pub mod command;
mod corpus;
mod documents;
pub mod e2e;
pub mod fuzz;
pub mod generate;
pub mod laws;
pub mod measure;
pub mod mutants;
pub mod oracles;
pub mod saga;
mod textmate;

use std::path::{Path, PathBuf};

use aqueduct_compiler::imports::Opened;
use aqueduct_compiler::{Analysis, analyze_with};
use aqueduct_dsl::source::SourceMap;

pub use corpus::texts;
pub use documents::documents;

/// The root of the repository.
///
/// # Panics
/// When the crate has moved.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate is in a folder of the repository")
        .to_owned()
}

/// Text of a file of the repository.
///
/// # Panics
/// When it can't be read: a test that reads nothing proves nothing.
pub fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A text as one system: `.flow`, or annotated Rust if it is called so.
pub fn analyzed(name: &str, text: &str) -> (Analysis, SourceMap) {
    let mut sources = SourceMap::default();
    if is_rust(name) {
        let file = sources.add(name, text);
        return (aqueduct_macros_impl::read(&mut sources, file, "System"), sources);
    }
    let (text, others) = files(text);
    let file = sources.add(name, text);
    let analysis = analyze_with(&mut sources, file, "System", &mut |_, path| {
        let found = others.iter().find(|(other, _)| other == path);
        let (name, text) = found.ok_or("there is no such file")?;
        Ok(Opened {
            name: name.clone(),
            text: text.clone(),
        })
    });
    (analysis, sources)
}

/// The files of a system that is written in one text: what follows a line `//! name.flow` is a file of that name.
pub fn files(text: &str) -> (String, Vec<(String, String)>) {
    let mut first = String::new();
    let mut others: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let name = line.trim_end().strip_prefix("//! ").filter(|name| {
            !name.contains(' ')
                && Path::new(name)
                    .extension()
                    .is_some_and(|extension| extension == "flow")
        });
        match (name, others.last_mut()) {
            (Some(name), _) => others.push((name.to_owned(), String::new())),
            (None, Some((_, text))) => text.push_str(line),
            (None, None) => first.push_str(line),
        }
    }
    (first, others)
}

/// Whether a file is Rust.
pub fn is_rust(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// The blocks of a Markdown section that are systems, in either form, each with the name of its file.
pub fn system_blocks(markdown: &str, heading: &str) -> Vec<(&'static str, String)> {
    let forms = [("case.flow", "flow"), ("case.rs", "rust")];
    let blocks = forms.map(|(name, language)| {
        blocks(markdown, heading, language)
            .into_iter()
            .map(move |text| (name, text))
    });
    let mut systems: Vec<(&'static str, String)> = Vec::new();
    for (name, text) in blocks.into_iter().flatten() {
        // A block with the name of a file is another file of the system before it.
        match systems.last_mut().filter(|_| files(&text).0.is_empty()) {
            Some((_, whole)) => whole.push_str(&text),
            None => systems.push((name, text)),
        }
    }
    systems
}

/// The codes found in a text, in its order.
pub fn codes(text: &str) -> Vec<String> {
    let (analysis, _) = analyzed("case.flow", text);
    analysis
        .findings
        .iter()
        .map(|finding| finding.code.to_string())
        .collect()
}

/// What was found, as short lines, for the message of a failing test.
pub fn listed(analysis: &Analysis, sources: &SourceMap) -> String {
    let lines = analysis.findings.iter().map(|finding| {
        let (line, column) = sources.line_column(finding.primary.span).unwrap_or_default();
        format!("{line}:{column}: {} {}\n", finding.code, finding.message)
    });
    lines.collect()
}

/// The blocks of a language in a Markdown section, in order.
pub fn blocks(markdown: &str, heading: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    let mut block: Option<String> = None;
    for line in markdown.lines() {
        match &mut block {
            Some(_) if line.trim() == "```" => found.extend(block.take()),
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line.starts_with("## ") => inside = line.trim_start_matches("## ") == heading,
            None if inside && line.trim() == format!("```{language}") => block = Some(String::new()),
            None => {}
        }
    }
    found
}

/// The systems of the corpus that run on all their targets.
///
/// # Panics
/// When the corpus can't be read.
pub fn systems() -> Vec<(String, String)> {
    let runs = |(_, text): &(String, String)| analyzed("in.flow", text).0.checked().is_some();
    corpus().into_iter().filter(runs).collect()
}

/// All systems of the corpus: the folder's name, and the text of its `in.flow` with the other files of the folder.
///
/// # Panics
/// When the corpus can't be read.
pub fn corpus() -> Vec<(String, String)> {
    let folder = root().join("tests/cases/golden");
    let mut systems: Vec<(String, String)> = std::fs::read_dir(&folder)
        .expect("the corpus is there")
        .map(|entry| {
            let path = entry.expect("the corpus can be listed").path();
            let name = path
                .file_name()
                .expect("an entry has a name")
                .to_string_lossy()
                .into_owned();
            (name, whole(&path))
        })
        .collect();
    systems.sort();
    systems
}

/// `in.flow` of a folder, and behind it every other `.flow` file under a line with its name.
fn whole(folder: &Path) -> String {
    let mut text = std::fs::read_to_string(folder.join("in.flow")).expect("each system has an in.flow");
    let mut others: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder can be listed")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "flow"))
        .filter(|path| !path.ends_with("in.flow"))
        .collect();
    others.sort();
    for other in others {
        let name = other.file_name().unwrap_or_default().to_string_lossy();
        text += &format!("//! {name}\n{}", read(&other));
    }
    text
}
