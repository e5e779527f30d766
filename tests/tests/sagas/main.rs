//! What is said of a saga whatever goes wrong: the report, its speed, and what its diagrams are made of.

mod adversary;
mod books;
mod subject;
mod truth;

use std::time::{Duration, Instant};

use aqueduct_compiler::facts::saga::contract::{Settled, Violation};
use aqueduct_compiler::facts::saga::report::{Report, report};
use aqueduct_compiler::model::Target;
use aqueduct_tests::{analyzed, listed, oracles, read, root, systems};

const HEAD: &str = "event Ordered { id: uuid @key = new(), total: decimal }\nfault Refused\nqueue orders: Ordered\n\
    service Shop {\n  auth jwt\n  api POST \"/orders\" -> order\n  handler order(Ordered) { emits Ordered to orders }\n}\n\
    service Bank {\n  store paid: Ordered by id\n  \
      handler charge(key: uuid) fails Refused { writes paid, idempotent by key }\n  \
      handler refund(key: uuid) { writes paid, undoes charge by key }\n}\n";

const CHARGE: &str = "Bank.charge(key: order.id) { undo Bank.refund(key: order.id) }";

fn saga(body: &str) -> String {
    format!(
        "{HEAD}service Checkout {{\n  store kept: Ordered by id\n  saga Buying(Ordered as order) on orders by order.id {{\n    deadline 2h\n{body}  }}\n}}\n"
    )
}

fn on(target: Target, body: &str) -> Report {
    let (analysis, _) = analyzed("case", &saga(body));
    let id = analysis.model.sagas.ids().next().expect("the saga is read");
    report(&analysis.model, id, target)
}

/// What has become of each step after a fault at one of them.
fn after(report: &Report, step: &str, fault: &str) -> Vec<&'static str> {
    let row = report
        .rows
        .iter()
        .find(|row| row.step == step && row.fault.words() == fault);
    row.expect("the fault can happen there")
        .settled
        .iter()
        .map(|settled| settled.word())
        .collect()
}

#[test]
fn what_was_done_is_undone_and_what_comes_later_is_not_begun() {
    let report = on(
        Target::Aws,
        &format!("    step one = {CHARGE}\n    step two = {CHARGE}\n    step three = {CHARGE}\n"),
    );
    assert_eq!(after(&report, "two", "says no"), ["undone", "–", "–"]);
    assert_eq!(
        after(&report, "two", "no answer, was done"),
        ["undone", "undone", "–"]
    );
    assert_eq!(
        after(&report, "two", "no answer, was not done"),
        ["undone", "–", "–"]
    );
    assert!(report.broken.is_empty());
    assert!(
        report
            .rows
            .iter()
            .flat_map(|row| &row.settled)
            .all(|settled| settled.is_good())
    );
}

#[test]
fn arms_that_are_passed_by_and_siblings_are_told_apart() {
    let report = on(
        Target::Aws,
        &format!(
            "    if order.total > 5 {{ step dear = {CHARGE} }} else {{ step cheap = {CHARGE} }}\n    \
             parallel all {{\n      step left = {CHARGE}\n      step right = {CHARGE}\n    }}\n"
        ),
    );
    assert_eq!(report.steps, ["dear", "cheap", "left", "right"]);
    assert_eq!(after(&report, "cheap", "says no"), ["–", "–", "–", "–"]);
    assert_eq!(
        after(&report, "left", "says no"),
        ["undone", "undone", "–", "undone"]
    );
}

#[test]
fn a_pivot_that_is_asked_until_it_is_known_leads_to_a_good_end() {
    let report = on(
        Target::Aws,
        "    pivot pay = Bank.charge(key: order.id) { retry until known }\n    \
         retriable again = Bank.refund(key: order.id)\n",
    );
    assert_eq!(after(&report, "pay", "no answer, was done"), ["done", "done"]);
    assert_eq!(after(&report, "pay", "says no"), ["–", "–"]);
}

#[test]
fn a_broken_word_is_shown_by_the_shortest_way_to_it() {
    let body = "    step pay = Bank.charge(key: order.id) { timeout 5s, retry 2, undo Bank.refund(key: order.id) }\n";
    let report = on(Target::Aws, body);
    let [broken] = report.broken.as_slice() else {
        panic!("{report:?}");
    };
    assert_eq!(
        (broken.step.as_str(), broken.violation),
        ("pay", Violation::Leaked)
    );
    assert_eq!(
        broken.sequence,
        "sequenceDiagram\n  participant saga as Buying\n  participant step as Bank.charge\n  \
         participant undo as Bank.refund\n  saga->>step: pay\n  Note over saga: waits no longer\n  saga->>step: pay\n  \
         step-->>saga: no\n  Note over step: done after all\n  Note over saga: it went back, and pay is leaked\n"
    );
    assert!(on(Target::Local, body).broken.is_empty());
}

#[test]
fn mermaid_reads_the_way_to_every_broken_word() {
    let late = "timeout 5s, undo put kept(...order)";
    let bodies = [
        "    step pay = Bank.charge(key: order.id) { timeout 5s, retry 2, undo Bank.refund(key: order.id) }\n".to_owned(),
        "    step pay = Bank.charge(key: order.id) { undo Bank.charge(key: order.id) }\n".to_owned(),
        "    step pay = Bank.charge(key: order.id)\n    readonly end = Bank.refund(key: order.id)\n".to_owned(),
        format!("    step pay = Bank.refund(key: order.id) {{ {late} }}\n"),
        "    step pay = put kept(...order)\n    step end = emit Ordered(...order) to orders\n".to_owned(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for body in bodies {
        for broken in on(Target::Aws, &body).broken {
            let file = folder.path().join(format!("{}.mmd", files.len()));
            std::fs::write(&file, broken.sequence).unwrap();
            files.push(file);
        }
    }
    assert!(files.len() >= 5, "{files:?}");
    let Some(modules) = oracles::node_modules() else {
        return;
    };
    let mut command = std::process::Command::new("node");
    let _ = command
        .arg(root().join("tests/oracles/mermaid.mjs"))
        .arg(modules)
        .args(&files);
    for line in oracles::output(&mut command).lines() {
        let picture: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(picture.get("error"), None, "{picture}");
        assert!(
            picture["messages"]
                .as_array()
                .is_some_and(|messages| messages.len() > 1),
            "{picture}"
        );
    }
}

#[test]
fn a_row_that_is_not_there_is_a_no() {
    let report = on(
        Target::Aws,
        &format!("    step one = {CHARGE}\n    readonly row = get kept(id: order.id)\n"),
    );
    assert_eq!(after(&report, "row", "says no"), ["undone", "–"]);
}

#[test]
fn leaks_and_what_was_taken_back_too_often_are_seen_in_the_table() {
    let unguarded = on(
        Target::Aws,
        "    step pay = Bank.charge(key: order.id) { undo Bank.charge(key: order.id) }\n    \
         readonly end = Bank.refund(key: order.id)\n",
    );
    let row = unguarded
        .rows
        .iter()
        .find(|row| row.fault.words() == "no answer, was not done");
    assert_eq!(row.map(|row| row.settled[0]), Some(Settled::OverCompensated));
    let alone = on(
        Target::Aws,
        "    step pay = Bank.charge(key: order.id)\n    readonly end = Bank.refund(key: order.id)\n",
    );
    assert_eq!(after(&alone, "end", "no answer, was done"), ["leaked", "–"]);
}

#[test]
fn every_saga_of_the_corpus_keeps_its_word_on_every_target() {
    let mut judged = 0;
    for (name, text) in systems() {
        let model = analyzed(&name, &text).0.model;
        for id in model.sagas.ids() {
            for target in &model.targets {
                let report = report(&model, id, *target);
                assert!(report.broken.is_empty(), "{name}: {report:#?}");
                judged += 1;
            }
        }
    }
    assert!(judged > 0);
}

#[test]
fn ten_steps_are_judged_in_no_time() {
    let steps: String = (0..10).map(|at| format!("    step s{at} = {CHARGE}\n")).collect();
    let (analysis, sources) = analyzed("case", &saga(&steps));
    assert!(analysis.findings.is_empty(), "{}", listed(&analysis, &sources));
    let id = analysis.model.sagas.ids().next().unwrap();
    let start = Instant::now();
    let found = report(&analysis.model, id, Target::Aws);
    let taken = start.elapsed();
    println!("ten steps, {} rows: {taken:?}", found.rows.len());
    // A thirtieth of that without a load, and less with optimization.
    assert!(taken < Duration::from_millis(300), "{taken:?}");
}

/// Each line of the fare collection that keeps it sound, taken away or changed, is missed by the rule that is for it.
#[test]
fn every_line_that_keeps_a_saga_sound_is_missed() {
    let text = read("tests/cases/golden/wild-rydes/in.flow");
    // Its scenarios speak of the same lines.
    let (text, _) = text
        .split_once("// ── What must be true")
        .expect("scenarios come last");
    let pay = "      undo Payments.refund(key: ride.ride_id)\n";
    let void = "handler void(key: uuid) { calls CardGateway.void, undoes authorize by key, timeout 10s }";
    let capture = "    calls CardGateway.capture\n    idempotent by key\n    timeout 10s\n";
    let gateway = "handler refund(key: uuid) { undoes capture by key, timeout 2s }";
    let cases: [(&str, &str, &[&str]); 11] = [
        (pay, "", &["FLO003", "SAG001"]),
        (void, &void.replace(", undoes authorize by key", ""), &["SAG004"]),
        (
            gateway,
            &gateway.replace("undoes capture by key, ", ""),
            &["SAG004"],
        ),
        (capture, &capture.replace("    timeout 10s\n", ""), &["SAG006"]),
        (
            capture,
            &capture.replace("    idempotent by key\n", ""),
            &["SAG004", "DEL001"],
        ),
        ("    deadline 10m\n", "", &["SAG008"]),
        ("    deadline 10m\n", "    deadline 1m\n", &["FLO007"]),
        (
            "      timeout 12s\n      retry 3 backoff 1s x2\n      undo Payments.void",
            "      timeout 1s\n      undo Payments.void",
            &["FLO006"],
        ),
        ("      status: pending\n", "", &["SCH001"]),
        ("code: authorize.code", "code: charge.charge_id", &["NAM003"]),
        ("    step charge = ", "    pivot charge = ", &["SAG002"]),
    ];
    let mut problems = String::new();
    for (there, instead, wanted) in cases {
        assert!(text.contains(there), "{there}");
        let (analysis, sources) = analyzed("case", &text.replacen(there, instead, 1));
        let mut found: Vec<&str> = analysis.findings.iter().map(|finding| finding.code.0).collect();
        let mut wanted = wanted.to_vec();
        found.sort_unstable();
        wanted.sort_unstable();
        if found != wanted {
            problems.push_str(&format!(
                "{there} -> {instead}: wanted {wanted:?}\n{}\n",
                listed(&analysis, &sources)
            ));
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}
