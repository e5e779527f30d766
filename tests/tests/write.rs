//! Trees back to text: what is printed means what was read, on every text there is and on random ones.

use aqueduct_dsl::source::SourceMap;
use aqueduct_tests::generate::random;
use aqueduct_tests::laws::{assert_printing_holds, in_any_order, whole};
use aqueduct_tests::mutants::mutants;
use aqueduct_tests::{analyzed, corpus, read, texts};

const SEED: u64 = 20_261_121;
const SYSTEMS: u64 = 200;

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
            assert_printing_holds(&name, analysis);
        }
    }
    assert!(count > 120, "only {count} can be read");
}

#[test]
fn random_systems_keep_their_meaning() {
    for seed in SEED..SEED + SYSTEMS {
        let analysis = whole(&random::system(seed)).unwrap_or_else(|| panic!("seed {seed} can be read"));
        assert_printing_holds(&format!("seed {seed}"), analysis);
    }
}

#[test]
fn what_is_wrong_stays_wrong_in_the_same_way() {
    let mutants = mutants(&read("examples/wild-rydes/wild_rydes.flow"), SEED, 500);
    let mut count = 0;
    for mutant in mutants {
        if let Some(analysis) = whole(&mutant.text) {
            count += 1;
            assert_printing_holds(&mutant.what, analysis);
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
