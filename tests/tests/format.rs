//! `aqueduct fmt`: what it must never change, on every text there is and on random ones, and how its result looks.

use std::fs;

use aqueduct_dsl::source::SourceMap;
use aqueduct_dsl::{format, parse};
use aqueduct_tests::command::{call, call_with};
use aqueduct_tests::generate::random;
use aqueduct_tests::laws::{assert_formatting_holds, formatted};
use aqueduct_tests::mutants::mutants;
use aqueduct_tests::{files, read, root, texts};

const SEED: u64 = 20_261_121;
const SYSTEMS: u64 = 500;

#[test]
fn every_text_of_the_repository_keeps_words_comments_and_meaning() {
    let corpus = texts();
    let readable: Vec<_> = corpus
        .iter()
        .filter(|(_, text)| formatted(text).is_some())
        .collect();
    assert!(
        readable.len() > 120,
        "only {} of {} can be read",
        readable.len(),
        corpus.len()
    );
    for (name, text) in readable {
        assert_formatting_holds(name, text);
    }
}

#[test]
fn random_systems_in_a_random_layout_keep_words_comments_and_meaning() {
    for seed in SEED..SEED + SYSTEMS {
        assert_formatting_holds(&format!("seed {seed}"), &random::system(seed));
    }
}

#[test]
fn whatever_can_be_read_can_be_formatted() {
    let text = read("examples/wild-rydes/wild_rydes.flow");
    let mutants = mutants(&text, SEED, 500);
    let read = mutants
        .iter()
        .filter_map(|mutant| Some((mutant, formatted(&mutant.text)?)));
    let count = read
        .map(|(mutant, once)| assert_eq!(formatted(&once), Some(once), "{}", mutant.what))
        .count();
    assert!(count > 50, "only {count} of the mutants can be read");
}

#[test]
fn a_text_with_errors_is_left_alone_and_says_what_check_says() {
    for entry in fs::read_dir(root().join("tests/cases/findings")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "flow") {
            continue;
        }
        let mut sources = SourceMap::default();
        let file = sources.add("case.flow", fs::read_to_string(&path).unwrap());
        let said = parse(&mut sources, file).diagnostics;
        match format(&mut sources, file) {
            Ok(_) => assert!(said.is_empty(), "{}", path.display()),
            Err(found) => assert_eq!(
                found.iter().map(|finding| &finding.message).collect::<Vec<_>>(),
                said.iter().map(|finding| &finding.message).collect::<Vec<_>>(),
                "{}",
                path.display()
            ),
        }
    }
    assert_eq!(formatted("queue q: {\n"), None);
}

#[test]
fn a_file_keeps_its_kind_of_line_break() {
    assert_eq!(
        formatted("a->b\r\nc->b\r\n").as_deref(),
        Some("a -> b\r\nc -> b\r\n")
    );
    assert_eq!(formatted("\u{feff}a->b").as_deref(), Some("a -> b\n"));
    assert_eq!(formatted("").as_deref(), Some(""));
}

/// `AQUEDUCT_BLESS=1` accepts what is made now.
#[test]
fn situations_are_formatted_as_committed() {
    let folder = root().join("tests/cases/format");
    let mut problems = String::new();
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "flow") {
            continue;
        }
        count += 1;
        let text = fs::read_to_string(&path).unwrap();
        let made = formatted(&text).unwrap_or_else(|| panic!("{} can't be read", path.display()));
        let place = path.with_extension("out");
        if fs::read_to_string(&place).is_ok_and(|accepted| accepted == made) {
            continue;
        }
        if std::env::var_os("AQUEDUCT_BLESS").is_some() {
            fs::write(&place, &made).unwrap();
        } else {
            problems.push_str(&format!("── {} becomes now:\n{made}\n", path.display()));
        }
    }
    assert!(count >= 8, "{count} situations");
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn what_people_read_first_is_formatted() {
    let shown = texts().into_iter().filter(|(name, _)| {
        [
            "examples/",
            "tests/cases/golden/",
            "compiler/cli/",
            "README.md",
            "docs/",
        ]
        .iter()
        .any(|place| name.starts_with(place))
    });
    let mut count = 0;
    for (name, text) in shown {
        count += 1;
        // What `build --target flow` prints of several files is one text.
        let (first, others) = files(&text);
        for part in std::iter::once(first).chain(others.into_iter().map(|(_, text)| text)) {
            assert!(
                formatted(&part).as_ref() == Some(&part),
                "`aqueduct fmt` changes {name}"
            );
        }
    }
    assert!(count >= 9, "{count} texts");
}

#[test]
fn the_command_writes_what_changes_and_only_looks_when_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let written = |name: &str| fs::read_to_string(file(name)).unwrap();
    fs::write(file("a.flow"), "a->b // c\n").unwrap();
    fs::write(file("b.flow"), "a -> b\n").unwrap();

    let looked = call(folder.path(), &["fmt", "--check"]);
    assert_eq!(looked.code, 1, "{}", looked.err);
    assert_eq!(
        looked.out,
        "--- a.flow\n+++ a.flow (formatted)\n@@ -1 +1 @@\n-a->b // c\n+a -> b    // c\n"
    );
    assert_eq!(looked.err, "2 files: 1 to be changed by `aqueduct fmt`\n");
    assert_eq!(written("a.flow"), "a->b // c\n", "only looked at");

    let done = call(folder.path(), &["fmt"]);
    assert_eq!((done.code, done.out.as_str()), (0, ""));
    assert_eq!(done.err, "formatted a.flow\n2 files: 1 changed\n");
    assert_eq!(written("a.flow"), "a -> b    // c\n");
    let again = call(folder.path(), &["fmt", "a.flow", "--check"]);
    assert_eq!(
        (again.code, again.err.as_str()),
        (0, "1 file: nothing to change\n")
    );

    fs::write(file("a.flow"), "queue q: {\n").unwrap();
    let refused = call(folder.path(), &["fmt"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.starts_with("error[SYN001]"), "{}", refused.err);
    assert!(
        refused
            .err
            .ends_with("2 files: nothing to change, 1 left as it is for its errors\n")
    );
    assert_eq!(written("a.flow"), "queue q: {\n");
}

#[test]
fn editors_send_a_text_and_get_one_back() {
    let folder = tempfile::tempdir().unwrap();
    let sent = call_with(folder.path(), &["fmt", "-"], "a->b");
    assert_eq!(
        (sent.code, sent.out.as_str(), sent.err.as_str()),
        (0, "a -> b\n", "")
    );
    let broken = call_with(folder.path(), &["fmt", "-"], "queue q: {");
    assert_eq!((broken.code, broken.out.as_str()), (1, ""));
    assert!(broken.err.contains("--> standard input:1:10"), "{}", broken.err);
}
