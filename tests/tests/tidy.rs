//! The rules of the house as tests: dependencies, file sizes, first lines, tables against files, the wording of findings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use aqueduct_compiler::rules;
use aqueduct_tests::{analyzed, blocks, documents, read, root};

/// Every file that git knows or would know, with its text.
fn sources(extension: &str) -> Vec<(String, String)> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git is there");
    let names = String::from_utf8(output.stdout).unwrap();
    let wanted = names
        .lines()
        .filter(|name| name.ends_with(&format!(".{extension}")));
    // Golden trees are not written by hand, and templates are no Rust yet.
    let wanted =
        wanted.filter(|name| !name.starts_with("tests/cases/") && !name.starts_with("targets/templates/"));
    wanted
        .filter_map(|name| Some((name.to_owned(), std::fs::read_to_string(root().join(name)).ok()?)))
        .collect()
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn files_begin_with_a_sentence_and_end_in_time() {
    let mut problems = Vec::new();
    for (name, text) in sources("rs") {
        if !text.starts_with("//! ") {
            problems.push(format!("{name} doesn't say in its first line what it is"));
        }
        let lines = text.lines().count();
        if lines > 800 {
            problems.push(format!("{name} has {lines} lines; 800 is the limit"));
        }
        for mark in [
            "TO".to_owned() + "DO",
            "FIX".to_owned() + "ME",
            "#[ig".to_owned() + "nore",
        ] {
            if text.contains(&mark) {
                problems.push(format!("{name} says {mark}"));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn crates_depend_on_each_other_as_the_table_says() {
    let table = read("docs/architecture.md");
    let rows = table.lines().filter(|line| line.starts_with("| aqueduct"));
    let allowed: BTreeMap<&str, BTreeSet<&str>> = rows
        .map(|line| {
            let mut cells = line.trim_matches('|').split('|').map(str::trim);
            let name = cells.next().unwrap();
            (
                name,
                cells
                    .next()
                    .unwrap_or_default()
                    .split(", ")
                    .filter(|name| !name.is_empty())
                    .collect(),
            )
        })
        .collect();
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo is there");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut problems = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let Some(may) = allowed.get(name) else {
            problems.push(format!("{name} is not in the table of docs/architecture.md"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = dependency["name"].as_str().unwrap();
            if other.starts_with("aqueduct") && !may.contains(other) {
                problems.push(format!(
                    "{name} depends on {other}, which the table of docs/architecture.md doesn't allow"
                ));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let mut problems = Vec::new();
    for manifest in ["Cargo.toml", "runtime/Cargo.toml", "runtime/expr/Cargo.toml"] {
        let text = read(manifest);
        let mut inside = false;
        let mut explained = false;
        for line in text.lines() {
            match line.chars().next() {
                Some('[') => inside = line.contains("dependencies"),
                Some('#') => explained = true,
                None => explained = false,
                Some(_) if inside && !explained && !line.contains("path = ") => {
                    problems.push(format!("{manifest}: nothing says what this is for: {line}"));
                }
                Some(_) => {}
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn rules_files_and_pages_belong_together() {
    let folder = root().join("compiler/rules");
    let on_disk: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let registered: BTreeSet<String> = rules::pages().iter().map(|page| page.code.to_owned()).collect();
    assert_eq!(
        on_disk, registered,
        "pages in compiler/rules and the table in compiler/src/rules.rs"
    );
    let mut problems = Vec::new();
    for page in rules::pages() {
        if !page.text.starts_with(&format!("# {} ", page.code)) {
            problems.push(format!(
                "{}.md doesn't begin with its code and its name",
                page.code
            ));
        }
        for heading in [
            "What it does",
            "Why it matters",
            "Example",
            "Use instead",
            "When it stays quiet",
            "Targets",
        ] {
            if !page.text.lines().any(|line| line == format!("## {heading}")) {
                problems.push(format!("{}.md has no `## {heading}`", page.code));
            }
        }
    }
    for rule in rules::all() {
        let page = rules::page(rule.code.0).unwrap();
        if !page.text.starts_with(&format!("# {} {}\n", rule.code, rule.name)) {
            problems.push(format!("{}.md and the rule have different names", rule.code));
        }
        let family = rule.code.0[..3].to_lowercase();
        let file: PathBuf = root().join(format!(
            "compiler/src/rules/{family}/{}.rs",
            rule.name.replace('-', "_")
        ));
        if !file.is_file() {
            problems.push(format!("{} is not in {}", rule.code, file.display()));
        }
    }
    assert_none(&problems);
}

#[test]
fn findings_are_worded_alike() {
    let mut problems = Vec::new();
    let pages = rules::pages()
        .iter()
        .flat_map(|page| blocks(page.text, "Example", "flow"));
    let broken = aqueduct_tests::mutants::mutants(&read("examples/wild-rydes/wild_rydes.flow"), 7, 300);
    for text in pages.chain(broken.into_iter().map(|mutant| mutant.text)) {
        let (analysis, _) = analyzed("case", &text);
        for finding in &analysis.findings {
            let message = &finding.message;
            let mut complain = |what: &str| problems.push(format!("{}: {what}: {message}", finding.code));
            if message.ends_with('.') || message.contains('\n') || message.len() > 240 {
                complain("a message is one line without a full stop");
            }
            // A name of the author's may begin with a capital.
            let first = message.split(' ').next().unwrap_or_default();
            let names = [
                "A",
                "An",
                "The",
                "This",
                "No",
                "You",
                "Missing",
                "Invalid",
                "Unexpected",
            ];
            if names.contains(&first) {
                complain("a message begins in lower case");
            }
            if finding.help.is_none() && finding.fix.is_none() {
                complain("a finding says what to do");
            }
            if finding.primary.text.is_empty() {
                complain("the place is labelled");
            }
        }
    }
    problems.sort();
    problems.dedup();
    assert_none(&problems);
}

#[test]
fn the_readme_has_two_commands_and_they_are_what_ci_runs() {
    let readme = read("README.md");
    let commands: Vec<String> = readme
        .split("```sh\n")
        .skip(1)
        .flat_map(|block| block.split("```").next().unwrap_or_default().lines())
        .map(str::to_owned)
        .collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(
        read(".ci/run").lines().any(|line| line == commands[1]),
        "CI runs the second: {}",
        commands[1]
    );
}

#[test]
fn generated_documents_are_fresh() {
    for (path, text) in documents() {
        if std::env::var_os("AQUEDUCT_BLESS").is_some() {
            std::fs::write(root().join(&path), &text).unwrap();
        }
        assert_eq!(read(&path), text, "{path}: `cargo dev bless` writes it anew");
    }
}

#[test]
fn every_flow_block_of_the_documents_is_read_without_a_finding_of_the_parser() {
    let mut problems = Vec::new();
    for name in ["README.md", "docs/language.md"] {
        let text = read(name);
        for block in text.split("```flow\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            let (analysis, sources) = analyzed(name, block);
            let parser = analysis
                .findings
                .iter()
                .filter(|finding| finding.code.0.starts_with("SYN"));
            problems.extend(parser.map(|finding| {
                format!(
                    "{name}: {} {}\n{}",
                    finding.code,
                    finding.message,
                    sources.text(finding.primary.span)
                )
            }));
        }
    }
    assert_none(&problems);
}
