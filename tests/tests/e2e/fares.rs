//! Fares: collected or not taken at all, with a gateway that misbehaves and a program that is killed.

use std::time::Duration;

use aqueduct_tests::e2e::{Build, Client, Gateway, Program, Project, Ride, until, wild_rydes};
use aqueduct_tests::mutants::Random;
use serde_json::{Value, json};

/// Cards as testers know them: the last digits say how the bank behaves.
const GOOD: &str = "4242424242424242";
const DECLINED: &str = "4000000000000002";
const REFUSED: &str = "4000000000000341";

struct Desk {
    project: Project,
    data: tempfile::TempDir,
    ledger: tempfile::TempDir,
    gateway: Gateway,
}

impl Desk {
    fn open() -> Self {
        let ledger = tempfile::tempdir().unwrap();
        Self {
            project: wild_rydes(Build::AsIs),
            data: tempfile::tempdir().unwrap(),
            gateway: Gateway::start(ledger.path(), 0),
            ledger,
        }
    }

    fn start(&self) -> Program {
        let at = format!("CardGateway={}", self.gateway.url());
        Program::start(&self.project, self.data.path(), "0", &["--extern", &at])
    }

    /// A gateway that has died comes back where it was, with what it has written down.
    fn mend(&mut self) {
        if !self.gateway.is_alive() {
            let port = self.gateway.port();
            self.gateway = Gateway::start(self.ledger.path(), port);
        }
    }
}

fn keep_card(client: &mut Client, customer: &str, number: &str) {
    let card = json!({ "card": { "number": number, "expiry": "12/30", "cvv": "111" } });
    let answer = client.send("PUT", &format!("/customers/{customer}/card"), &card.to_string());
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// A ride of a customer; its id.
fn ride(client: &mut Client, customer: &str) -> String {
    let ride = Ride {
        customer: customer.to_owned(),
        ..Ride::to_frankfurt()
    };
    let answer = client.send("POST", "/submit-ride-completion", &ride.body());
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["ride_id"].as_str().unwrap().to_owned()
}

/// What the customer is told in the end: whether it is paid, and the words.
fn told(client: &mut Client, id: &str) -> (bool, String) {
    let receipt = until("the customer is told", || {
        let answer = client.get(&format!("/receipts/{id}"));
        (answer.status == 200).then(|| answer.json())
    });
    (
        receipt["paid"].as_bool().unwrap(),
        receipt["text"].as_str().unwrap().to_owned(),
    )
}

fn status(client: &mut Client, id: &str) -> String {
    let fare = client.get(&format!("/fares/{id}")).json();
    fare["status"].as_str().unwrap().to_owned()
}

/// How often the gateway has taken and given back.
fn booked(gateway: &Gateway, id: &str) -> [u64; 4] {
    let payment = gateway.payments()[id].clone();
    ["authorized", "captured", "voided", "refunded"].map(|word| payment[word].as_u64().unwrap_or_default())
}

#[test]
fn a_fare_is_collected_or_nothing_is_taken() {
    let desk = Desk::open();
    let program = desk.start();
    let mut client = program.client();
    for (customer, number) in [
        ("cmr", GOOD),
        ("ada", DECLINED),
        ("bob", REFUSED),
        ("eve_fail_credit", GOOD),
    ] {
        keep_card(&mut client, customer, number);
    }
    let cases = [
        ("cmr", true, "Thank you!", "completed", [1, 1, 0, 0]),
        ("ada", false, "(CardDeclined)", "failed", [0, 0, 0, 0]),
        ("bob", false, "(CaptureRefused)", "failed", [1, 0, 1, 0]),
        (
            "eve_fail_credit",
            false,
            "(AccountClosed)",
            "failed",
            [1, 1, 1, 1],
        ),
        ("who_has_no_card", false, "(CardDeclined)", "failed", [0, 0, 0, 0]),
    ];
    for (customer, paid, words, ends, books) in cases {
        let id = ride(&mut client, customer);
        let (is_paid, text) = told(&mut client, &id);
        assert_eq!(is_paid, paid, "{customer}: {text}");
        assert!(text.contains(words), "{customer}: {text}");
        assert_eq!(status(&mut client, &id), ends, "{customer}");
        assert_eq!(booked(&desk.gateway, &id), books, "{customer}");
    }
    let account = client.get("/accounts/cmr").json();
    assert_eq!(
        (account["paid"].to_string(), &account["rides"]),
        ("256.50".to_owned(), &json!(1))
    );
    assert_eq!(client.get("/accounts/eve_fail_credit").status, 404);
}

#[test]
fn a_gateway_that_fails_is_late_or_dies_takes_no_fare_twice() {
    let mut desk = Desk::open();
    let program = desk.start();
    let mut client = program.client();
    keep_card(&mut client, "cmr", GOOD);
    for (operation, mood) in [
        ("authorize", "fail"),
        ("authorize", "busy"),
        ("capture", "late"),
        ("capture", "hang"),
        ("capture", "die-after"),
    ] {
        desk.gateway.misbehave(operation, mood, 1);
        let id = ride(&mut client, "cmr");
        if mood.starts_with("die") {
            until("the gateway dies", || (!desk.gateway.is_alive()).then_some(()));
            desk.mend();
        }
        assert!(told(&mut client, &id).0, "{operation} {mood}");
        assert_eq!(booked(&desk.gateway, &id), [1, 1, 0, 0], "{operation} {mood}");
    }
}

/// The original kept and published cards; here nothing but the gateway ever has one.
#[test]
fn no_card_is_stored_sent_or_logged() {
    let desk = Desk::open();
    let program = desk.start();
    let mut client = program.client();
    keep_card(&mut client, "cmr", GOOD);
    let id = ride(&mut client, "cmr");
    let _ = told(&mut client, &id);
    assert_eq!(program.stop(), Some(0));
    let mut files = 0;
    for entry in std::fs::read_dir(desk.data.path()).unwrap() {
        let path = entry.unwrap().path();
        if let Ok(bytes) = std::fs::read(&path) {
            files += 1;
            let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
            assert!(!holds(GOOD.as_bytes()), "{}", path.display());
        }
    }
    assert!(files > 0, "there is data");
}

/// Ten runs, each with another seed: the program is killed in the middle of its sagas while the gateway misbehaves.
#[test]
fn a_kill_takes_no_fare_twice_and_loses_none() {
    for seed in 1..=10 {
        let problems = killed(seed);
        assert!(problems.is_empty(), "seed {seed}:\n{}", problems.join("\n"));
    }
}

fn killed(seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let mut desk = Desk::open();
    let program = desk.start();
    let mut client = program.client();
    for (customer, number) in [("good", GOOD), ("bad", REFUSED), ("closed_fail_credit", GOOD)] {
        keep_card(&mut client, customer, number);
    }
    for operation in ["authorize", "capture", "void", "refund"] {
        let mood = ["fail", "busy", "late", "hang"][random.below(4)];
        let times = 1 + random.below(2);
        desk.gateway
            .misbehave(operation, mood, u32::try_from(times).unwrap());
    }
    let rides: Vec<(String, &str)> = (0..40)
        .map(|index| {
            let customer = ["good", "good", "bad", "closed_fail_credit"][index % 4];
            (ride(&mut client, customer), customer)
        })
        .collect();
    std::thread::sleep(Duration::from_millis(random.below(120) as u64));
    program.kill();
    if random.below(2) == 0 {
        desk.gateway.misbehave("capture", "die-after", 1);
    }
    let program = desk.start();
    let mut client = program.client();
    let mut problems = Vec::new();
    for (id, customer) in &rides {
        let receipt: Value = until("a customer is told", || {
            desk.mend();
            let answer = client.get(&format!("/receipts/{id}"));
            (answer.status == 200).then(|| answer.json())
        });
        let [_, captured, _, refunded] = booked(&desk.gateway, id);
        let (paid, held) = (receipt["paid"] == true, captured > 0 && refunded == 0);
        if captured > 1 || paid != held || paid != (*customer == "good") {
            problems.push(format!(
                "{customer} {id}: {receipt}, captured {captured}, refunded {refunded}"
            ));
        }
        let ends = status(&mut client, id);
        if (ends == "completed") != paid {
            problems.push(format!("{customer} {id}: {ends}, told {receipt}"));
        }
    }
    let good = rides.iter().filter(|(_, customer)| *customer == "good").count();
    let account = client.get("/accounts/good").json();
    if account["rides"] != json!(good) {
        problems.push(format!("{good} rides, and {account}"));
    }
    println!("seed {seed}: {} rides, {} problems", rides.len(), problems.len());
    problems
}
