//! A system from another domain: enums, lists, maps, nested records, defaults, chains of topics, a queue for dead letters.

use aqueduct_tests::e2e::{Program, parcel_depot, until};
use serde_json::{Value, json};

fn parcel(zip: &str, weight: f64, service: &str) -> Value {
    json!({
        "to": {"name": "Ada", "street": "Main 1", "zip": zip, "town": "Bonn"},
        "weight": weight,
        "service": service,
        "contents": ["a book"],
        "labels": {"fragile": "yes"},
    })
}

fn hand_in(program: &Program, parcel: &Value) -> Value {
    let answer = program.client().send("POST", "/parcels", &parcel.to_string());
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

#[test]
fn a_parcel_is_accepted_loaded_tracked_and_billed() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&parcel_depot(), data.path(), "0", &[]);
    let accepted = hand_in(&program, &parcel("53111", 2.5, "express"));
    assert_eq!(accepted["to"]["country"], "DE", "a default of a nested record");
    let id = accepted["parcel_id"].as_str().unwrap();
    let mut client = program.client();
    let position = until("the parcel is on a van", || {
        let position = client.get(&format!("/positions/{id}"));
        (position.status == 200 && position.json()["seen"] == 2).then(|| position.json())
    });
    assert_eq!(
        (&position["status"], &position["van"]),
        (&json!("loaded"), &json!("van-5"))
    );
    let invoice = until("the parcel is billed", || {
        let invoice = client.get(&format!("/invoices/{id}"));
        (invoice.status == 200).then(|| invoice.json())
    });
    assert_eq!(
        (invoice["amount"].to_string(), &invoice["patience"]),
        ("5.0".to_owned(), &json!("PT336H"))
    );
    let stats = program.drained();
    // Light and cheap: nobody lifts. An express parcel on a van: a courier rides.
    assert_eq!((stats.counters.filtered, stats.counters.dead_lettered), (1, 0));
}

#[test]
fn what_the_scanner_can_not_read_is_read_by_a_person() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&parcel_depot(), data.path(), "0", &[]);
    let mut unreadable = parcel("53111", 25.0, "standard");
    unreadable["labels"]["unreadable"] = json!("yes");
    let _ = hand_in(&program, &unreadable);
    let stats = program.drained();
    assert_eq!(stats.counters.failed, 5, "five starts, as declared");
    assert!(
        stats.queues.values().all(|queue| queue.dead == 0),
        "the letter went to `by_hand`: {stats:?}"
    );
    assert_eq!(stats.tables["Sorting.vans"], 0);
}

#[test]
fn every_bad_field_of_a_nested_body_is_named() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&parcel_depot(), data.path(), "0", &[]);
    let mut bad = parcel("5311x", 40.0, "overnight");
    bad["contents"] = json!([]);
    bad["labels"]["long"] = json!("x".repeat(41));
    bad["colour"] = json!("red");
    let answer = program.client().send("POST", "/parcels", &bad.to_string());
    assert_eq!(answer.status, 400, "{answer:?}");
    let problem = answer.json();
    let errors = problem["errors"].as_array().unwrap();
    let mut pointers: Vec<&str> = errors
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        [
            "/colour",
            "/contents",
            "/labels/long",
            "/service",
            "/to/zip",
            "/weight"
        ]
    );
}

#[test]
fn inline_fields_are_the_body_of_a_request() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&parcel_depot(), data.path(), "0", &[]);
    let mut client = program.client();
    let answer = client.send("POST", "/invoices/reminders", "{}");
    assert_eq!((answer.status, answer.json()), (202, json!({"reminded": 14})));
    assert_eq!(
        client
            .send("POST", "/invoices/reminders", r#"{"days": 91}"#)
            .status,
        400
    );
}
