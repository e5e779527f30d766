//! What editors color: the grammar that is published, on the whole corpus, by the engine that editors use.

use std::process::Command;

use aqueduct_tests::{corpus, oracles, root};
use serde_json::Value;

/// What begins a declaration when a name follows.
const DECLARING: [&str; 14] = [
    "event", "command", "document", "fault", "type", "enum", "queue", "topic", "stream", "store", "service",
    "handler", "saga", "step",
];

#[test]
fn every_word_of_the_corpus_has_its_color() {
    let Some(modules) = oracles::node_modules() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, text) in corpus() {
        let place = folder.path().join(format!("{name}.flow"));
        std::fs::write(&place, text).unwrap();
        files.push(place);
    }
    let mut command = Command::new("node");
    let _ = command
        .arg(root().join("tests/oracles/textmate.mjs"))
        .arg(modules)
        .arg(root().join("editors/vscode/syntaxes/flow.tmLanguage.json"))
        .args(&files);
    let colored = oracles::output(&mut command);
    let mut problems = String::new();
    let mut seen = 0;
    for (line, file) in colored.lines().zip(&files) {
        let tokens: Vec<(u32, String, String)> = serde_json::from_str::<Value>(line)
            .and_then(serde_json::from_value)
            .unwrap();
        let lines: Vec<String> = std::fs::read_to_string(file)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        let mut begun = 0;
        for (at, text, scopes) in tokens {
            // Only the first word of a line can declare.
            let is_first = begun != at && !text.trim().is_empty();
            begun = if is_first { at } else { begun };
            let line = lines.get(at as usize - 1).map_or("", String::as_str);
            let line = if is_first { line } else { "" };
            let wanted = wanted(&text, line);
            seen += usize::from(wanted.is_some());
            if let Some(wanted) = wanted.filter(|wanted| !scopes.contains(wanted)) {
                let name = file.file_name().unwrap().to_string_lossy();
                problems.push_str(&format!("{name}:{at}: `{text}` is `{scopes}`, not `{wanted}`\n"));
            }
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
    assert!(seen > 1_000, "only {seen} words were looked at");
}

/// What a stretch of text has to be, where its first letters tell.
fn wanted(text: &str, line: &str) -> Option<&'static str> {
    let text = text.trim();
    let first = text.chars().next()?;
    if text.starts_with("//!") || (text.starts_with("///") && !text.starts_with("////")) {
        Some("comment.block.documentation")
    } else if text.starts_with("//") {
        Some("comment.line")
    } else if first == '@' {
        Some("entity.other.attribute-name")
    } else if text == "->" || text == "..." {
        Some("keyword.operator")
    } else if declares(text, line) {
        Some("keyword")
    } else {
        None
    }
}

/// Whether a word begins a line and a name follows; anywhere else it is a name like any other.
fn declares(word: &str, line: &str) -> bool {
    let rest = line.trim_start().strip_prefix(word).unwrap_or_default();
    let named = rest.starts_with(' ')
        && rest
            .trim_start()
            .starts_with(|letter: char| letter.is_alphabetic());
    DECLARING.contains(&word) && named
}
