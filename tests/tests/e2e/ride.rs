//! One ride from the request to everybody who is interested, and requests that are refused.

use aqueduct_tests::e2e::{Build, CONSUMERS, Program, Ride, until, wild_rydes};
use serde_json::json;

#[test]
fn a_ride_is_answered_kept_and_handled_by_all_four() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&wild_rydes(Build::AsIs), data.path(), "0", &[]);
    let mut client = program.client();
    let ride = Ride::to_frankfurt();
    let answer = client.send("POST", "/submit-ride-completion", &ride.body());
    assert_eq!(answer.status, 201, "{answer:?}");
    let representation = answer.json();
    let id = representation["ride_id"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("location"), Some(format!("/rides/{id}").as_str()));
    assert_eq!(representation["fare"].to_string(), "256.50");
    assert!(ride.is(&representation), "{representation}");
    let kept = client.get(&format!("/rides/{id}"));
    assert_eq!((kept.status, kept.json()), (200, representation));
    let paths = [
        format!("/notices/{id}"),
        format!("/fares/{id}"),
        "/loyalty/cmr".to_owned(),
        format!("/extraordinary-rides/{id}"),
    ];
    let rows = paths.map(|path| {
        until(&path, || {
            let answer = client.get(&path);
            // A fare is pending until the saga has ended.
            (answer.status == 200 && answer.json()["status"] != "pending").then(|| answer.json())
        })
    });
    assert_eq!(
        rows[0]["text"],
        "Your ride from Berlin to Frankfurt is over: 256.50 €."
    );
    assert_eq!(
        (rows[1]["amount"].to_string(), &rows[1]["status"]),
        ("256.50".to_owned(), &json!("failed")),
        "the customer has left no card"
    );
    assert_eq!(rows[2], json!({"customer": "cmr", "points": 600, "rides": 1}));
    assert_eq!(rows[3]["route"], "Berlin to Frankfurt");
}

#[test]
fn a_cheap_ride_reaches_three() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&wild_rydes(Build::AsIs), data.path(), "0", &[]);
    let ride = Ride {
        fare: 4_999,
        ..Ride::to_frankfurt()
    };
    assert_eq!(
        program
            .client()
            .send("POST", "/submit-ride-completion", &ride.body())
            .status,
        201
    );
    let stats = until("the saga has ended and its outcome is heard", || {
        let stats = program.drained();
        (stats.tables["CustomerNotification.receipts"] == 1).then_some(stats)
    });
    for consumer in CONSUMERS {
        let rows = u64::from(consumer.queue != "extraordinary");
        assert_eq!(stats.tables[consumer.table], rows, "{}", consumer.table);
    }
    // Besides `extraordinary` the filter of `fares_collected` keeps something out: nobody has left a card.
    assert_eq!(stats.counters.filtered, 2);
}

#[test]
fn a_bad_ride_is_refused_with_every_bad_field_and_leaves_nothing() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&wild_rydes(Build::AsIs), data.path(), "0", &[]);
    let body = r#"{"customer":"cmr","from":"Berlin","to":"Frankfurt","distance":-1,"duration":420}"#;
    let answer = program.client().send("POST", "/submit-ride-completion", body);
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem = answer.json();
    let errors = problem["errors"].as_array().unwrap();
    let pointers: Vec<_> = errors
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/distance", "/fare"]);
    let stats = program.stats();
    assert_eq!(stats.counters.published, 0);
    assert_eq!(stats.tables.values().sum::<u64>(), 0, "{stats:?}");
    assert!(
        stats
            .queues
            .values()
            .all(|queue| queue.ready + queue.delayed + queue.in_flight == 0)
    );
}
