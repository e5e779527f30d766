//! A queue that keeps an order, on both engines: scans of one parcel are handled as they came in.

use aqueduct_tests::e2e::{Program, parcel_depot, parcel_lambda, until};
use aqueduct_tests::mutants::Random;
use serde_json::{Value, json};

use crate::account::Plan;

const PARCELS: [&str; 2] = [
    "0198f2c4-0000-7000-8000-00000000000a",
    "0198f2c4-0000-7000-8000-00000000000b",
];

/// Thirty scans of two parcels, in turns that look like chance.
fn scans() -> Vec<(&'static str, String)> {
    let mut random = Random(7);
    let scan = |step| (PARCELS[random.below(2)], format!("place {step}"));
    (0..30).map(scan).collect()
}

fn body((parcel, place): &(&str, String)) -> String {
    json!({ "parcel_id": parcel, "place": place }).to_string()
}

/// The journey that a parcel has to have.
fn journey(parcel: &str) -> Value {
    let scans = scans();
    let places = scans.iter().filter(|(scanned, _)| *scanned == parcel);
    let places: Vec<&String> = places.map(|(_, place)| place).collect();
    json!({ "parcel_id": parcel, "places": places })
}

#[test]
fn scans_of_a_parcel_stay_in_order_on_one_machine() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&parcel_depot(), data.path(), "0", &[]);
    let mut client = program.client();
    for scan in scans() {
        assert_eq!(client.send("POST", "/scans", &body(&scan)).status, 202);
    }
    let _ = program.drained();
    for parcel in PARCELS {
        let answer = until("the journey is there", || {
            let answer = client.get(&format!("/journeys/{parcel}"));
            (answer.status == 200).then_some(answer)
        });
        assert_eq!(answer.json(), journey(parcel));
    }
}

#[test]
fn scans_of_a_parcel_stay_in_order_in_the_cloud() {
    let mut plan = Plan::of(parcel_lambda());
    for scan in scans() {
        plan = plan.request("POST", "/scans", &body(&scan));
    }
    plan = plan.pump();
    for parcel in PARCELS {
        plan = plan.request("GET", &format!("/journeys/{parcel}"), "");
    }
    let Some(report) = plan.run() else { return };
    assert_eq!(report.denied, Vec::<[String; 3]>::new());
    for (parcel, answer) in PARCELS.iter().zip(&report.answers[30..]) {
        let body = answer.payload["body"].as_str().unwrap_or_default();
        let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer:?}"));
        assert_eq!(body, journey(parcel));
    }
}
