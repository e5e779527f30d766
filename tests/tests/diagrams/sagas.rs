//! Sagas as states and as sequences.

use std::collections::BTreeSet;
use std::path::PathBuf;

use aqueduct_compiler::model::{Id, Model, Saga};
use aqueduct_targets::{mermaid, saga};
use aqueduct_tests::{analyzed, corpus, listed, read};
use serde_json::Value;

use crate::explore::{Step, transitions};
use crate::{origin, parsed};

fn sagas() -> Model {
    let (analysis, sources) = analyzed("sagas.flow", &read("tests/cases/diagrams/sagas.flow"));
    assert!(analysis.checked().is_some(), "{}", listed(&analysis, &sources));
    analysis.model
}

fn id(model: &Model, name: &str) -> Id<Saga> {
    let found = model.sagas.iter().find(|(_, saga)| saga.label.name == name);
    found.unwrap().0
}

fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let place = folder.path().join(name);
    std::fs::write(&place, text).unwrap();
    place
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

/// The arrows of a picture without choices, which are no steps: what leads into one leads to what follows. The second
/// ones pass a `fail`, where ways meet, so that they are more than the machine's.
fn steps(picture: &Value) -> (BTreeSet<Step>, BTreeSet<Step>) {
    let relations = picture["relations"].as_array().unwrap();
    let arrows: Vec<Step> = relations
        .iter()
        .map(|one| match texts(one).as_slice() {
            [from, to, label] => ((*from).to_owned(), (*to).to_owned(), (*label).to_owned()),
            other => panic!("{other:?}"),
        })
        .collect();
    let fails = |state: &str| state.starts_with("fail_");
    let passed = |state: &str| state.starts_with("choice_") || fails(state);
    let (mut direct, mut past_fail) = (BTreeSet::new(), BTreeSet::new());
    for (from, to, label) in arrows.iter().filter(|(from, _, _)| !passed(from)) {
        let mut ends = vec![(to.as_str(), false)];
        while let Some((end, failed)) = ends.pop() {
            if passed(end) {
                let after = arrows.iter().filter(|(from, _, _)| from == end);
                ends.extend(after.map(|(_, to, _)| (to.as_str(), failed || fails(end))));
            } else if from != "root_start" && end != "root_end" {
                let steps = label
                    .split(", ")
                    .map(|label| (from.clone(), end.to_owned(), label.to_owned()));
                let found = if failed { &mut past_fail } else { &mut direct };
                found.extend(steps);
            }
        }
    }
    (direct, past_fail)
}

#[test]
fn the_arrows_of_a_state_diagram_are_what_the_machine_can_do() {
    let model = sagas();
    let folder = tempfile::tempdir().unwrap();
    let names = ["FareCollection", "Crossroads"];
    let files: Vec<PathBuf> = names
        .iter()
        .map(|name| {
            written(
                &folder,
                name,
                &mermaid::states(&model, id(&model, name), &origin()),
            )
        })
        .collect();
    let Some(pictures) = parsed(&files) else { return };
    for (name, picture) in names.iter().zip(&pictures) {
        let definition = saga::definition(&model, id(&model, name));
        assert_eq!(picture.get("error"), None, "{name}");
        let (direct, past_fail) = steps(picture);
        let possible = transitions(&definition);
        let drawn: BTreeSet<Step> = direct.union(&past_fail).cloned().collect();
        assert_eq!(
            direct.difference(&possible).collect::<Vec<_>>(),
            Vec::<&Step>::new(),
            "{name}"
        );
        assert_eq!(
            possible.difference(&drawn).collect::<Vec<_>>(),
            Vec::<&Step>::new(),
            "{name}"
        );
    }
}

#[test]
fn branches_fork_meet_and_are_taken_back_one_after_the_other() {
    let model = sagas();
    let folder = tempfile::tempdir().unwrap();
    let file = written(
        &folder,
        "odd",
        &mermaid::states(&model, id(&model, "Odd"), &origin()),
    );
    let Some(pictures) = parsed(&[file]) else { return };
    let (direct, past_fail) = steps(&pictures[0]);
    let expected = [
        "step_fare > failed [MissingRow]",
        "step_fare > failed []",
        "step_fare > parallel_1 []",
        "step_fare > wait_1 []",
        "wait_1 > parallel_1 []",
        "parallel_1 > step_auth []",
        "parallel_1 > step_cap [two]",
        "step_auth > parallel_1_end [Timeout]",
        "step_auth > parallel_1_end []",
        "step_auth > wait_2 [CardDeclined]",
        "wait_2 > parallel_1_end []",
        "step_cap > parallel_1_end [CaptureRefused]",
        "step_cap > parallel_1_end [Timeout]",
        "step_cap > step_cred []",
        "step_cred > parallel_1_end [AccountClosed]",
        "step_cred > parallel_1_end [Timeout]",
        "step_cred > parallel_1_end []",
        "parallel_1_end > undo_cred [a branch failed]",
        "parallel_1_end > step_pay []",
        "step_pay > undo_cred [CaptureRefused]",
        "step_pay > step_note []",
        "step_note > done []",
        "undo_cred > undo_cap []",
        "undo_cred > stuck []",
        "undo_cap > undo_auth []",
        "undo_cap > failed []",
        "undo_cap > stuck []",
        "undo_auth > failed []",
        "undo_auth > stuck []",
    ];
    let found: BTreeSet<String> = direct
        .union(&past_fail)
        .map(|(from, to, label)| format!("{from} > {to} [{label}]"))
        .collect();
    assert_eq!(found, expected.map(str::to_owned).into());
}

/// Which steps a sequence takes back, and how it ends.
fn told(sequence: &Value) -> String {
    let messages = sequence["messages"].as_array().unwrap();
    let texts: Vec<&str> = messages
        .iter()
        .map(|message| message[3].as_str().unwrap())
        .collect();
    let undone = texts
        .iter()
        .filter_map(|text| text.strip_prefix("undo ")?.split(' ').next());
    let undone: Vec<&str> = undone.collect();
    format!("[{}] {}", undone.join(" "), texts.last().unwrap())
}

#[test]
fn every_way_through_a_saga_takes_back_what_may_have_been_done() {
    let model = sagas();
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut names = Vec::new();
    for name in ["FareCollection", "Crossroads", "Odd"] {
        for path in mermaid::paths(&model, id(&model, name), &origin()) {
            files.push(written(
                &folder,
                &format!("{}-{name}", names.len()),
                &path.diagram,
            ));
            names.push(format!("{name} {}", path.name));
        }
    }
    let Some(sequences) = parsed(&files) else { return };
    let all = names.iter().zip(&sequences).map(|(name, sequence)| {
        assert_eq!(sequence.get("error"), None, "{name}");
        format!("{name}: {}", told(sequence))
    });
    let expected = [
        "FareCollection ok: [] done",
        "FareCollection register=AlreadyExists: [] failed with AlreadyExists",
        "FareCollection authorize=CardDeclined: [register] failed with CardDeclined",
        "FareCollection authorize=Timeout: [authorize register] failed with Timeout",
        "FareCollection charge=CaptureRefused: [authorize register] failed with CaptureRefused",
        "FareCollection charge=Timeout: [charge authorize register] failed with Timeout",
        "FareCollection booked=AccountClosed: [charge authorize register] failed with AccountClosed",
        "FareCollection booked=Timeout: [booked charge authorize register] failed with Timeout",
        "Crossroads ok: [] done",
        "Crossroads first=CardDeclined: [] done",
        "Crossroads first=Timeout: [first] failed with Timeout",
        "Crossroads dear=CaptureRefused: [first] failed with CaptureRefused",
        "Crossroads dear=Timeout: [dear first] failed with Timeout",
        "Crossroads fail_1=TooDear: [first] failed with TooDear",
        "Crossroads row=MissingRow: [dear first] failed with MissingRow",
        "Crossroads paid=CaptureRefused: [dear first] failed with CaptureRefused",
        "Odd ok: [] done",
        "Odd fare=MissingRow: [] failed with MissingRow",
        "Odd fail_1=TooDear: [] failed with TooDear",
        "Odd auth=CardDeclined: [] done",
        "Odd auth=Timeout: [cred cap auth] failed with Timeout",
        "Odd cap=CaptureRefused: [auth] failed with CaptureRefused",
        "Odd cap=Timeout: [cap auth] failed with Timeout",
        "Odd cred=AccountClosed: [cap auth] failed with AccountClosed",
        "Odd cred=Timeout: [cred cap auth] failed with Timeout",
        "Odd pay=CaptureRefused: [cred cap auth] failed with CaptureRefused",
    ];
    assert_eq!(all.collect::<Vec<_>>(), expected);
}

#[test]
fn the_target_writes_every_picture_of_every_saga() {
    let model = sagas();
    let (analysis, _) = analyzed("sagas.flow", &read("tests/cases/diagrams/sagas.flow"));
    let target = aqueduct_targets::by_name("mermaid").unwrap();
    let files = aqueduct_targets::emit(target, analysis.drawn().unwrap(), &origin());
    let written: BTreeSet<&str> = files.iter().map(|(path, _)| path).collect();
    let mut expected = BTreeSet::from([mermaid::FLOWCHART.to_owned()]);
    for (id, saga) in model.sagas.iter() {
        let name = &saga.label.name;
        let _ = expected.insert(format!("sagas/{name}/states.mmd"));
        let paths = mermaid::paths(&model, id, &origin());
        expected.extend(paths.iter().map(|path| format!("sagas/{name}/{}.mmd", path.name)));
    }
    assert_eq!(written, expected.iter().map(String::as_str).collect());
}

#[test]
fn mermaid_reads_every_picture_of_the_corpus() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, text) in corpus() {
        let (analysis, _) = analyzed(&name, &text);
        let target = aqueduct_targets::by_name("mermaid").unwrap();
        let made = aqueduct_targets::emit(target, analysis.drawn().unwrap(), &origin());
        for (path, file) in made.iter() {
            let flat = format!("{name}-{}", path.replace('/', "-"));
            files.push(written(&folder, &flat, &file.text));
        }
    }
    let Some(pictures) = parsed(&files) else { return };
    for picture in pictures {
        assert_eq!(picture.get("error"), None, "{}", picture["file"]);
    }
}

/// What no target carries yet is drawn all the same.
#[test]
fn everything_that_a_saga_can_say_is_in_its_picture() {
    let case = "tests/cases/rules/target-cannot-mean-that/every-construct-of-a-saga.flow";
    let (analysis, sources) = analyzed("in.flow", &read(case));
    let checked = analysis.drawn();
    assert!(checked.is_some(), "{}", listed(&analysis, &sources));
    let model = &analysis.model;
    let drawn = mermaid::states(model, id(model, "TripBooking"), &origin());
    for shown in [
        "await Managers.ask",
        "a sign of life every 1d",
        "each leg of trip.legs</small><br/><small>5 at once",
        "map_legs --> step_book: each leg",
        "step_book --> on_1: SoldOut",
        "parallel_1_end --> step_insure: the first is done, the others are taken back",
        "saga Covers.Insurance",
        "reserve Reports.hold",
        "await Paid on payments where it.trip_id == trip.trip_id and it.amount #62;= sum(legs.price)",
        "run Reports.make",
        "wait until trip.leaves_at",
        "wait_3 --> stuck: TooLate",
        "start Covers.Insurance",
        "on SoldOut<br/><small>wherever it happens</small>",
    ] {
        assert!(drawn.contains(shown), "{shown} is not in\n{drawn}");
    }
    // What can't be run can't be played.
    assert!(mermaid::paths(model, id(model, "TripBooking"), &origin()).is_empty());
    let chart = mermaid::flowchart(checked.unwrap(), &origin());
    for shown in [
        "subgraph choreography0[\"Booking · by trip_id, within 1h\"]",
        "-->|\"Trips.TripBooking\"|",
        "-.->|\"awaited\"|",
        "-->|\"starts\"|",
    ] {
        assert!(chart.contains(shown), "{shown} is not in\n{chart}");
    }
    let folder = tempfile::tempdir().unwrap();
    let files = [
        written(&folder, "saga.mmd", &drawn),
        written(&folder, "chart.mmd", &chart),
    ];
    let Some(pictures) = parsed(&files) else { return };
    assert_eq!(pictures.len(), files.len());
    for picture in pictures {
        assert_eq!(picture.get("error"), None, "{picture}");
    }
}
