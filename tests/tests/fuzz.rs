//! A short part of what `cargo dev fuzz` does for hours, and every text that it has ever found something with.

use std::fs;

use aqueduct_tests::fuzz::{Soil, examine, listen};
use aqueduct_tests::root;

const SEED: u64 = 20_261_121;
const TEXTS: u64 = 150;

#[test]
fn nothing_panics_hangs_or_lies_whatever_is_read() {
    listen();
    let mut failed = String::new();
    let mut cases: Vec<_> = fs::read_dir(root().join("tests/cases/fuzz"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    for case in &cases {
        let text = fs::read_to_string(case).unwrap();
        if let Err(failure) = examine(&text) {
            failed.push_str(&format!(
                "{}: {}: {}\n",
                case.display(),
                failure.place,
                failure.message
            ));
        }
    }
    let soil = Soil::of_the_repository();
    for seed in SEED..SEED + TEXTS {
        let text = soil.grow(seed);
        if let Err(failure) = examine(&text) {
            failed.push_str(&format!(
                "seed {seed}: {}: {}\n{text}\n",
                failure.place, failure.message
            ));
        }
    }
    // What panics say is kept and not printed.
    let _ = std::panic::take_hook();
    assert!(failed.is_empty(), "{failed}");
}
