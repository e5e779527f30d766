//! Diagrams before Mermaid's own parser, and read back against what they are made from.

mod editors;
mod explore;
mod flowchart;
mod sagas;
mod traces;

use std::path::PathBuf;
use std::process::Command;

use aqueduct_targets::{Origin, QueryLanguage};
use aqueduct_tests::{oracles, root};
use serde_json::Value;

/// What Mermaid's parser in Node reads, if it is installed.
pub(crate) fn parsed(files: &[PathBuf]) -> Option<Vec<Value>> {
    let mut command = Command::new("node");
    let _ = command
        .arg(root().join("tests/oracles/mermaid.mjs"))
        .arg(oracles::node_modules()?)
        .args(files);
    let lines = oracles::output(&mut command);
    Some(
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

/// Of files made in tests.
pub(crate) fn origin() -> Origin {
    Origin {
        source: "in.flow".to_owned(),
        version: "0".to_owned(),
        query: QueryLanguage::default(),
        linked: None,
    }
}
