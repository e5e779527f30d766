//! How findings read: each page's example and a few accidents, rendered as people see them.
//!
//! `AQUEDUCT_BLESS=1` accepts what is said now; read it aloud first.

use std::fs;
use std::path::Path;

use aqueduct_compiler::rules;
use aqueduct_dsl::render::{self, Style};
use aqueduct_tests::{analyzed, read, root, system_blocks};

fn rendered(name: &str, text: &str) -> String {
    let (analysis, sources) = analyzed(name, text);
    render::human(
        &analysis.findings,
        &sources,
        Style {
            color: false,
            width: 120,
        },
    )
}

#[test]
fn findings_are_said_as_committed() {
    let folder = root().join("tests/cases/findings");
    let mut cases: Vec<(String, String)> = rules::pages()
        .iter()
        .flat_map(|page| {
            let examples = system_blocks(page.text, "Example").into_iter().enumerate();
            examples.map(|(index, (case, text))| {
                let name = case.replace("case", &format!("{}-{}", page.code, index + 1));
                (name, text)
            })
        })
        .collect();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension != "txt") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            cases.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    let mut problems = String::new();
    for (name, text) in &cases {
        let said = rendered(name, text);
        let place = folder.join(name).with_extension("txt");
        if fs::read_to_string(&place).is_ok_and(|accepted| accepted == said) {
            continue;
        }
        if std::env::var_os("AQUEDUCT_BLESS").is_some() {
            fs::write(&place, &said).unwrap();
        } else {
            problems.push_str(&format!("── {name} says now:\n{said}\n"));
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
    let orphans = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let stem = path.file_stem().unwrap();
            !cases
                .iter()
                .any(|(name, _)| Path::new(name).file_stem() == Some(stem))
        });
    assert_eq!(
        orphans.collect::<Vec<_>>(),
        Vec::<std::path::PathBuf>::new(),
        "nothing makes these"
    );
}

#[test]
fn ten_broken_entries_give_ten_errors() {
    let text = read("tests/cases/findings/ten-broken-entries.flow");
    let (analysis, sources) = analyzed("ten.flow", &text);
    let lines: Vec<u32> = analysis
        .findings
        .iter()
        .map(|finding| sources.line_column(finding.primary.span).unwrap().0)
        .collect();
    assert_eq!(lines, [1, 3, 4, 5, 6, 7, 8, 9, 11, 13]);
}
