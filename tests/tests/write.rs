//! Trees back to text: what is printed means what was read, on every text there is and on random ones.

use aqueduct_compiler::Analysis;
use aqueduct_dsl::format;
use aqueduct_dsl::source::SourceMap;
use aqueduct_tests::generate::random;
use aqueduct_tests::mutants::mutants;
use aqueduct_tests::{analyzed, corpus, files, listed, read, texts};

const SEED: u64 = 20_261_121;
const SYSTEMS: u64 = 200;

/// What was read; nothing if a part of the text couldn't be.
fn whole(text: &str) -> Option<Analysis> {
    let (analysis, _) = analyzed("case.flow", text);
    analysis.is_whole().then_some(analysis)
}

fn codes(analysis: &Analysis) -> Vec<&str> {
    let mut codes: Vec<&str> = analysis.findings.iter().map(|finding| finding.code.0).collect();
    codes.sort_unstable();
    codes
}

/// What is refused is listed in the order of the text, and entries may have moved.
fn in_any_order(mut analysis: Analysis) -> Analysis {
    analysis
        .model
        .refused
        .sort_by(|one, other| one.what.cmp(&other.what));
    analysis
}

/// All that has to hold for what was read.
fn assert_holds(name: &str, before: Analysis) {
    let written = aqueduct_dsl::write(&before.files);
    let (after, sources) = analyzed("case.flow", &written);
    let shown = || format!("{name} becomes\n{written}\n{}", listed(&after, &sources));
    assert!(after.is_whole(), "can't be read: {}", shown());
    assert_eq!(
        aqueduct_dsl::write(&after.files),
        written,
        "written twice: {}",
        shown()
    );
    let (first, others) = files(&written);
    for text in [first]
        .into_iter()
        .chain(others.into_iter().map(|(_, text)| text))
    {
        let mut again = SourceMap::default();
        let file = again.add("case.flow", text.as_str());
        assert_eq!(format(&mut again, file).as_ref().ok(), Some(&text), "{}", shown());
    }
    assert_eq!(codes(&before), codes(&after), "findings: {}", shown());
    let (one, other) = (in_any_order(before), in_any_order(after.clone()));
    assert!(one.model == other.model, "another model: {}", shown());
}

#[test]
fn every_system_is_printed_as_the_same_system() {
    for (name, text) in corpus() {
        let before = whole(&text).unwrap_or_else(|| panic!("{name} can be read"));
        let (after, _) = analyzed("case.flow", &aqueduct_dsl::write(&before.files));
        let (before, after) = (in_any_order(before), in_any_order(after));
        assert!(before.model == after.model, "{name}");
        assert!(before.drawn().is_some() && after.drawn().is_some(), "{name}");
    }
}

#[test]
fn every_text_of_the_repository_keeps_its_meaning() {
    let mut count = 0;
    for (name, text) in texts() {
        if let Some(analysis) = whole(&text) {
            count += 1;
            assert_holds(&name, analysis);
        }
    }
    assert!(count > 120, "only {count} can be read");
}

#[test]
fn random_systems_keep_their_meaning() {
    for seed in SEED..SEED + SYSTEMS {
        let analysis = whole(&random::system(seed)).unwrap_or_else(|| panic!("seed {seed} can be read"));
        assert_holds(&format!("seed {seed}"), analysis);
    }
}

#[test]
fn what_is_wrong_stays_wrong_in_the_same_way() {
    let mutants = mutants(&read("examples/wild-rydes/wild_rydes.flow"), SEED, 500);
    let mut count = 0;
    for mutant in mutants {
        if let Some(analysis) = whole(&mutant.text) {
            count += 1;
            assert_holds(&mutant.what, analysis);
        }
    }
    assert!(count > 50, "only {count} of the mutants can be read");
}

#[test]
fn several_files_become_one() {
    let analysis = |texts: &[&str]| {
        let mut sources = SourceMap::default();
        let files: Vec<_> = texts.iter().map(|text| sources.add("part.flow", *text)).collect();
        aqueduct_compiler::analyze(&mut sources, &files, "System")
    };
    let parts = analysis(&[
        "//! One.\nqueue orders: Placed\nservice A {}",
        "//! Two.\nsystem Shop\nevent Placed { id: uuid }",
    ]);
    let written = aqueduct_dsl::write(&parts.files);
    assert_eq!(
        written,
        "//! One.\n//! Two.\n\nsystem Shop\n\nevent Placed { id: uuid }\n\nqueue orders: Placed\n\nservice A {}\n"
    );
    assert!(analysis(&[&written]).model == parts.model);
}
