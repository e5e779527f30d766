//! Diagrams: of a system, of a saga, of what has happened.

use std::fs;

use aqueduct_tests::command::{call, call_with};
use aqueduct_tests::read;

use super::{BROKEN, folder_with, wild_rydes};

#[test]
fn a_diagram_goes_to_standard_output_or_to_a_file_and_never_half() {
    let folder = wild_rydes();
    let drawn = call(folder.path(), &["diagram"]);
    let golden =
        read("tests/cases/golden/wild-rydes/mermaid/flowchart.mmd").replace("in.flow", "system.flow");
    assert_eq!((drawn.code, &drawn.out), (0, &golden));
    let written = call(folder.path(), &["diagram", "--out", "docs/chart.mmd"]);
    assert_eq!((written.code, written.out.as_str()), (0, ""));
    assert_eq!(
        fs::read_to_string(folder.path().join("docs/chart.mmd")).unwrap(),
        golden
    );
    let broken = folder_with(BROKEN);
    let refused = call(broken.path(), &["diagram", "--out", "chart.mmd"]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(!broken.path().join("chart.mmd").exists());
}

#[test]
fn a_saga_is_drawn_as_states_or_as_one_way_or_as_all_of_them() {
    let folder = folder_with(&read("tests/cases/diagrams/sagas.flow"));
    let drawn = |args: &[&str]| call(folder.path(), &[&["diagram", "--saga"], args].concat());
    let states = drawn(&["FareCollection"]);
    assert_eq!(states.code, 0, "{}", states.err);
    assert!(states.out.contains("\nstateDiagram-v2\n"), "{}", states.out);
    let way = drawn(&["CustomerAccounting.FareCollection", "--path", "charge=Timeout"]);
    assert!(way.out.contains("loop 4 tries"), "{}", way.out);
    let all = drawn(&["FareCollection", "--path", "all"]);
    let headings: Vec<&str> = all.out.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(
        headings,
        [
            "# FareCollection",
            "## Everything goes well",
            "## register fails with AlreadyExists",
            "## authorize fails with CardDeclined",
            "## authorize gets no answer",
            "## charge fails with CaptureRefused",
            "## charge gets no answer",
            "## booked fails with AccountClosed",
            "## booked gets no answer",
        ]
    );
    assert_eq!(all.out.matches("```mermaid\n").count(), headings.len());
    let none = drawn(&["Fares"]);
    assert_eq!(none.code, 2);
    assert_eq!(
        none.err,
        "error: Rides has no saga Fares; it has CustomerAccounting.FareCollection, \
         CustomerAccounting.Crossroads, CustomerAccounting.Odd\n"
    );
    let nowhere = drawn(&["FareCollection", "--path", "charge=Fire"]);
    assert_eq!(nowhere.code, 2);
    assert!(
        nowhere.err.contains("\n  charge=CaptureRefused\n"),
        "{}",
        nowhere.err
    );
}

#[test]
fn a_trace_is_drawn_from_a_file_or_from_standard_input() {
    let trace = read("tests/cases/diagrams/rides.trace.jsonl");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trace.jsonl"), &trace).unwrap();
    let from_file = call(folder.path(), &["diagram", "--trace", "trace.jsonl"]);
    let piped = call_with(folder.path(), &["diagram", "--trace", "-"], &trace);
    assert_eq!((from_file.code, piped.code), (0, 0), "{}", piped.err);
    assert_eq!(from_file.out.replace("trace.jsonl", "standard input"), piped.out);
    assert!(piped.out.contains("participant p0 as client\n"), "{}", piped.out);
    let wrong = call_with(folder.path(), &["diagram", "--trace", "-"], "no JSON\n");
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("line 1 is no event of a trace"),
        "{}",
        wrong.err
    );
}
