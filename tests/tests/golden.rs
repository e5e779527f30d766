//! What every target makes of every system, byte for byte. `AQUEDUCT_BLESS=1` accepts what is made now.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use aqueduct_compiler::model::Target as Engine;
use aqueduct_targets::Origin;
use aqueduct_tests::{analyzed, corpus, listed, read, root};

type Tree = BTreeMap<String, String>;

fn emitted(name: &str, text: &str) -> Tree {
    let (analysis, sources) = analyzed("in.flow", text);
    let drawn = analysis
        .drawn()
        .unwrap_or_else(|| panic!("{name}:\n{}", listed(&analysis, &sources)));
    let origin = Origin {
        source: "in.flow".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        query: aqueduct_targets::QueryLanguage::default(),
        linked: None,
    };
    let mut tree = Tree::from([("flow/out.flow".to_owned(), aqueduct_dsl::write(&analysis.files))]);
    let model = aqueduct_document::document(drawn, &sources).to_string();
    let _ = tree.insert("model/model.json".to_owned(), model);
    if analysis.checked().is_none() {
        let _ = tree.insert("findings.txt".to_owned(), listed(&analysis, &sources));
    }
    for target in aqueduct_targets::all() {
        let engine = Engine::named(target.name);
        let Some(checked) = engine.map_or(Some(drawn), |engine| analysis.checked_for(engine)) else {
            continue;
        };
        let mut files = aqueduct_targets::emit(target, checked, &origin);
        if target.of_project {
            files.extend(aqueduct_targets::project(&[target], checked, &origin));
        }
        for (path, file) in files.iter() {
            // What is the same in every project is kept once, with the local one.
            if tree.get(&format!("local/{path}")) != Some(&file.text) {
                let _ = tree.insert(format!("{}/{path}", target.name), file.text.clone());
            }
        }
    }
    tree
}

fn on_disk(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(&inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                let _ = tree.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    tree.retain(|path, _| path.contains('/') || path == "findings.txt");
    tree
}

#[test]
fn every_target_of_every_system_is_as_committed() {
    let bless = std::env::var_os("AQUEDUCT_BLESS").is_some();
    let mut problems = String::new();
    for (name, text) in corpus() {
        let folder = root().join("tests/cases/golden").join(&name);
        let made = emitted(&name, &text);
        let there = on_disk(&folder);
        for (path, text) in &made {
            if there.get(path) == Some(text) {
                continue;
            }
            if bless {
                let place = folder.join(path);
                fs::create_dir_all(place.parent().unwrap()).unwrap();
                fs::write(place, text).unwrap();
            } else {
                problems.push_str(&format!("{name}/{path} differs from what is made now\n"));
            }
        }
        for path in there.keys().filter(|path| !made.contains_key(*path)) {
            if bless {
                fs::remove_file(folder.join(path)).unwrap();
            } else {
                problems.push_str(&format!("{name}/{path} is no longer made\n"));
            }
        }
    }
    assert!(
        problems.is_empty(),
        "\n{problems}accept with AQUEDUCT_BLESS=1 after reading the difference"
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for (name, text) in corpus() {
        assert_eq!(emitted(&name, &text), emitted(&name, &text), "{name}");
    }
}

#[test]
fn generated_rust_is_as_rustfmt_would_write_it() {
    for (name, text) in corpus() {
        let folder = tempfile::tempdir().unwrap();
        let mut roots = Vec::new();
        for (path, text) in emitted(&name, &text) {
            let place = folder.path().join(&path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(&place, text).unwrap();
            // rustfmt follows modules by itself.
            if path.ends_with("src/lib.rs") || path.ends_with("src/main.rs") {
                roots.push(place);
            }
        }
        let output = Command::new("rustfmt")
            .args(["--check", "--edition", "2024", "--config", "style_edition=2024"])
            .args(&roots)
            .output()
            .expect("rustfmt comes with Rust");
        assert!(
            output.status.success(),
            "{name}:\n{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}

#[test]
fn the_example_is_the_golden_system() {
    assert_eq!(
        read("examples/wild-rydes/wild_rydes.flow"),
        read("tests/cases/golden/wild-rydes/in.flow")
    );
}
