//! `--format sarif`: before Microsoft's own validator, and by the letter.

use std::fs;
use std::path::Path;
use std::process::Command;

use aqueduct_compiler::rules;
use aqueduct_tests::command::call;
use aqueduct_tests::{blocks, oracles, read, root};
use serde_json::{Value, json};

/// What the validator says about logs, a line each; nothing if it isn't installed.
fn judged(folder: &Path) -> Option<Vec<String>> {
    let mut command = Command::new("node");
    let _ = command
        .arg(oracles::node_modules()?.join("@microsoft/sarif-multitool/bin.js"))
        .args(["validate", "*.sarif"])
        .current_dir(folder)
        // It finds no library for other languages on small machines, and needs none.
        .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
    let said = oracles::output(&mut command);
    let problems = said
        .lines()
        .filter(|line| line.contains(": error ") || line.contains(": warning "));
    Some(problems.map(str::to_owned).collect())
}

/// The log of a text, as the command line writes it.
fn log(folder: &Path, name: &str, text: &str) -> Value {
    fs::write(folder.join(name), text).unwrap();
    let called = call(folder, &["check", name, "--format", "sarif"]);
    assert_eq!(called.err, "", "{name}");
    serde_json::from_str(&called.out).unwrap()
}

/// A finding with a path as its evidence.
const PATH: &str = "tests/cases/rules/unreachable-handler/filters-that-exclude-each-other.flow";

/// Texts with findings: the accidents of the corpus, and the example of every page.
fn texts() -> Vec<(String, String)> {
    let examples = rules::pages().iter().flat_map(|page| {
        let examples = blocks(page.text, "Example", "flow").into_iter().enumerate();
        examples.map(|(index, text)| (format!("{} {index}.flow", page.code), text))
    });
    let mut texts: Vec<(String, String)> = examples.collect();
    texts.push(("path.flow".to_owned(), read(PATH)));
    for entry in fs::read_dir(root().join("tests/cases/findings")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "flow") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            texts.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    texts
}

#[test]
fn microsofts_validator_accepts_every_log() {
    let folder = tempfile::tempdir().unwrap();
    let texts = texts();
    // All runs in one log: the validator takes its time to start with each.
    let mut all = json!(null);
    for (name, text) in &texts {
        let mut log = log(folder.path(), name, text);
        assert!(log["runs"][0]["results"][0].is_object(), "{name} has findings");
        if all.is_null() {
            all = log;
        } else {
            all["runs"].as_array_mut().unwrap().push(log["runs"][0].take());
        }
    }
    fs::write(folder.path().join("all.sarif"), all.to_string()).unwrap();
    let Some(said) = judged(folder.path()) else { return };
    // The project has no address yet. That one line for each run shows that each was looked at.
    let (known, others): (Vec<_>, Vec<_>) = said.into_iter().partition(|line| line.contains(" SARIF2005: "));
    assert_eq!(others, Vec::<String>::new());
    assert_eq!(known.len(), texts.len());

    // The validator does find what is wrong.
    let result = &mut all["runs"][1]["results"][0];
    result["locations"][0]["physicalLocation"]["region"]["startLine"] = json!(0);
    result["levle"] = json!("error");
    fs::write(folder.path().join("all.sarif"), all.to_string()).unwrap();
    let said = judged(folder.path()).unwrap().join("\n");
    assert!(said.contains("JSON1008") && said.contains("JSON1005"), "{said}");
}

#[test]
fn columns_count_as_editors_do_and_names_are_uris() {
    let folder = tempfile::tempdir().unwrap();
    // Two bytes and one unit, then four bytes and two units.
    let text = "queue a: Order { owner \"é𝄞\", retain 4 }\nevent Order { x: int }\n";
    let log = log(folder.path(), "a b.flow", text);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let place = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.flow");
    assert_eq!(
        place["region"],
        json!({ "startLine": 1, "startColumn": 38, "endLine": 1, "endColumn": 39 })
    );
}

#[test]
fn a_result_has_its_rule_its_other_places_its_path_and_its_cure() {
    let folder = tempfile::tempdir().unwrap();
    let example = |code: &str| blocks(rules::page(code).unwrap().text, "Example", "flow").remove(0);
    let log_of = |code: &str| log(folder.path(), "case.flow", &example(code));

    let misspelt = log_of("NAM001");
    let run = &misspelt["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "NAM001");
    assert_eq!(result["level"], "error");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "NAM001");
    assert_eq!(run["tool"]["driver"]["rules"][0]["name"], "UnresolvedName");
    assert_eq!(
        run["tool"]["driver"]["rules"][0]["help"]["markdown"],
        read("compiler/rules/NAM001.md")
    );
    let replaced = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replaced["insertedContent"]["text"], "billing");
    assert_eq!(
        replaced["deletedRegion"],
        result["locations"][0]["physicalLocation"]["region"]
    );
    assert!(result.get("codeFlows").is_none());

    let texts = texts();
    let logs: Vec<Value> = texts
        .iter()
        .map(|(_, text)| log(folder.path(), "case.flow", text))
        .collect();
    let all: Vec<&Value> = logs
        .iter()
        .flat_map(|log| log["runs"][0]["results"].as_array().unwrap())
        .collect();
    let any = |pointer: &str| all.iter().any(|result| result.pointer(pointer).is_some());
    for part in [
        "/relatedLocations/0/message/text",
        "/codeFlows/0/threadFlows/0/locations/0/location/message/text",
        "/properties/targets/0",
    ] {
        assert!(any(part), "no finding of the corpus has {part}");
    }
    for level in ["error", "warning"] {
        assert!(all.iter().any(|result| result["level"] == level), "{level}");
    }
}
