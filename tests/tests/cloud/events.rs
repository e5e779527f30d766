//! The test events of the project: each function answers the good one and minds the bad one.

use std::fs;
use std::path::Path;

use aqueduct_tests::e2e::{Gateway, lambda};
use serde_json::Value;

use crate::account::Plan;

/// How soon a function answers that has just been started, in seconds: the median of all functions.
const FIRST: f64 = 0.05;

#[test]
fn every_function_answers_its_good_event_and_minds_its_bad_one() {
    let (folder, program) = lambda();
    let mut files: Vec<_> = fs::read_dir(folder.join("aws/events"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let read = |path: &Path| -> Value { serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap() };
    let name = |path: &Path| {
        path.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .trim_end_matches(".json")
            .to_owned()
    };
    let bad = |path: &Path| name(path).strip_suffix(".bad").is_some();
    let function = |path: &Path| name(path).trim_end_matches(".bad").to_owned();
    // Messages before requests: one of those leaves a customer with a number that can't be dialed. For each function
    // the good event first: its answer is the first after the start of the process.
    files.sort_by_key(|path| (read(path)["Records"].is_null(), function(path), bad(path)));
    let ledger = tempfile::tempdir().unwrap();
    let gateway = Gateway::start(ledger.path(), 0);
    let mut plan = Plan::of((folder, program)).parameter("CardGatewayUrl", &gateway.url());
    let mut cases = Vec::new();
    for path in files {
        plan = plan.invoke(&function(&path), &read(&path));
        cases.push((function(&path), bad(&path)));
    }
    assert!(cases.iter().filter(|(_, bad)| *bad).count() > 5, "{cases:?}");
    let Some(report) = plan.run() else { return };
    let mut first = Vec::new();
    for ((function, bad), answer) in cases.iter().zip(&report.answers) {
        let failures = answer.payload["batchItemFailures"].as_array();
        let fine = match failures {
            Some(failures) => failures.is_empty() != *bad,
            // Whoever asks for nothing that there is made no mistake; whoever sends no JSON did.
            None if *bad => (400..500).contains(&answer.status()),
            None => (200..300).contains(&answer.status()) || answer.status() == 404,
        };
        assert_eq!(answer.error, None, "{function}");
        assert!(fine, "{function}: {answer:?}\n{:?}", report.log);
        if !bad {
            first.push(answer.seconds);
        }
    }
    first.sort_by(f64::total_cmp);
    let middle = first[first.len() / 2];
    eprintln!(
        "first answers after the start of a function: {:.0} to {:.0} ms, median {:.0} ms, {} functions",
        first[0] * 1000.0,
        first[first.len() - 1] * 1000.0,
        middle * 1000.0,
        first.len()
    );
    assert!(middle < FIRST, "{first:?}");
}
