//! Recorded traces as sequence diagrams.

use aqueduct_targets::mermaid;
use aqueduct_tests::read;
use serde_json::Value;

use crate::{origin, parsed};

fn arrows(diagram: &Value) -> Vec<String> {
    let actors: Vec<&str> = diagram["actors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let name = |id: &Value| {
        let number = id.as_str().unwrap().trim_start_matches('p');
        number
            .parse()
            .ok()
            .and_then(|number: usize| actors.get(number))
            .copied()
            .unwrap_or("")
    };
    let messages = diagram["messages"].as_array().unwrap().iter();
    messages
        .map(|one| {
            format!(
                "{} > {}: {}",
                name(&one[0]),
                name(&one[1]),
                one[3].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn a_trace_says_who_sent_what_and_what_became_of_it() {
    let lines = read("tests/cases/diagrams/rides.trace.jsonl");
    let drawn = mermaid::trace(&lines, "What has happened", &origin()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("trace.mmd");
    std::fs::write(&place, drawn).unwrap();
    let Some(read) = parsed(&[place]) else { return };
    assert_eq!(read[0].get("error"), None);
    assert_eq!(
        arrows(&read[0]),
        [
            "client > RideManagement.submit: request 1",
            "RideManagement.submit > ride_completed: message 1",
            "RideManagement.submit > client: done",
            "ride_completed > notifications: message 1",
            "notifications > CustomerNotification.notify: message 1",
            "ride_completed > accounting: message 1",
            "accounting > CustomerAccounting.FareCollection: message 1",
            "CustomerAccounting.FareCollection > CustomerAccounting.FareCollection: begins for r1",
            "CustomerAccounting.FareCollection > CustomerAccounting.FareCollection: charge…",
            "CustomerNotification.notify > notifications: no phone; none at all",
            "notifications > CustomerNotification.notify: message 1 (try 2)",
            "CustomerNotification.notify > notifications: done",
            "CustomerAccounting.FareCollection > CustomerAccounting.FareCollection: charge fails: CardDeclined",
            "CustomerAccounting.FareCollection > CustomerAccounting.FareCollection: failed with CardDeclined",
            "CustomerAccounting.FareCollection > fares_rejected: message 2",
            "fares_rejected > fares_rejected: message 2 is dead: Broken",
            "fares_rejected > fares_rejected: message 2 held its breath",
        ]
    );
}

#[test]
fn a_line_that_is_no_event_is_named() {
    let good = r#"{"kind":"published","message_id":"m","channel":"c"}"#;
    let error = |bad: &str| {
        let lines = format!("{good}\n\n{bad}\n");
        mermaid::trace(&lines, "x", &origin()).unwrap_err()
    };
    assert_eq!(error("{").line, 3);
    assert_eq!(
        error(r#"{"kind":"published"}"#).to_string(),
        "line 3 is no event of a trace: it has no `kind` or no `message_id`"
    );
}
