//! Wild Rydes in an emulated account: it does what the same system does on one machine.

use std::collections::BTreeMap;
use std::thread;

use aqueduct::admin::{Client as Admin, Response};
use aqueduct_tests::e2e::{Build, CONSUMERS, Gateway, Program, Ride, bare_lambda, lambda, wild_rydes};
use aqueduct_tests::mutants::Random;
use aqueduct_tests::saga::by_value;
use serde_json::{Value, json};

use crate::account::{Plan, Report};

const POST: &str = "/submit-ride-completion";

/// Twenty rides of three customers, always the same.
fn rides() -> Vec<Ride> {
    let mut random = Random(20);
    (0..20)
        .map(|index| Ride::any(&mut random, format!("customer-{}", index % 3)))
        .collect()
}

/// One of the three customers has left a card, so fares of the others can't be collected.
fn card() -> (String, String) {
    let card = json!({ "card": { "number": "4242424242424242", "expiry": "12/30", "cvv": "111" } });
    ("/customers/customer-0/card".to_owned(), card.to_string())
}

/// What both engines are asked after the rides: every row that there can be, and one that there isn't.
fn questions(ids: &[String]) -> Vec<String> {
    let of_rides = ids.iter().flat_map(|id| {
        let paths = CONSUMERS.iter().filter_map(|consumer| consumer.path);
        paths
            .chain(["/rides/", "/receipts/"])
            .map(move |path| format!("{path}{id}"))
            .collect::<Vec<_>>()
    });
    let of_customers =
        (0..4).flat_map(|index| ["loyalty", "accounts"].map(|what| format!("/{what}/customer-{index}")));
    of_rides.chain(of_customers).collect()
}

/// What one engine did.
#[derive(Debug, PartialEq)]
struct Behavior {
    /// Status, headers and bodies in the order of the questions, rides named by their number.
    answers: Vec<(u64, Value, String)>,
    /// For each request, what happened to all that followed from it; requests in any order.
    trace: Vec<Vec<String>>,
}

/// Ids differ between runs: the ride that was reported first is `ride-0`, and so on.
fn named(text: &str, ids: &[String]) -> String {
    let named = ids.iter().enumerate();
    named.fold(text.to_owned(), |text, (index, id)| {
        text.replace(id.as_str(), &format!("ride-{index}"))
    })
}

/// Events by what they have in common, in the order of their texts: the model leaves their order open.
///
/// What a saga does is told in other words over there, and compared elsewhere: here it is what begins and what it sends.
fn by_request(events: &[Value]) -> Vec<Vec<String>> {
    const SAGA: &str = "CustomerAccounting.FareCollection";
    let mut requests: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for event in events {
        let text = |name: &str| match event[name].as_str() {
            Some(text) if name == "handler" => text.trim_end_matches(".start"),
            other => other.unwrap_or("-"),
        };
        let kind = text("kind");
        if kind.starts_with("saga-")
            || kind.starts_with("step-")
            || text("channel") == SAGA
            || (kind, text("channel")) == ("published", "fare_outcomes")
        {
            continue;
        }
        let line = format!(
            "{} {} {} {} {}",
            text("kind"),
            text("channel"),
            text("handler"),
            event["attempt"],
            text("outcome")
        );
        requests.entry(text("correlation_id")).or_default().push(line);
    }
    let mut traces: Vec<_> = requests.into_values().collect();
    for trace in &mut traces {
        trace.sort();
    }
    traces.sort();
    traces
}

fn locally() -> Behavior {
    let data = tempfile::tempdir().unwrap();
    let ledger = tempfile::tempdir().unwrap();
    let gateway = Gateway::start(ledger.path(), 0);
    let at = format!("CardGateway={}", gateway.url());
    let program = Program::start(&wild_rydes(Build::AsIs), data.path(), "0", &["--extern", &at]);
    let tail = Admin::connect(data.path()).unwrap().tail().unwrap();
    let listener = thread::spawn(move || {
        let events = tail.map_while(Result::ok).filter_map(|response| match response {
            Response::Event { event } => Some(serde_json::to_value(event).unwrap()),
            _ => None,
        });
        events.collect::<Vec<_>>()
    });
    let mut client = program.client();
    let mut ids = Vec::new();
    let (card_of, card) = card();
    let mut answers = vec![client.send("PUT", &card_of, &card)];
    for ride in rides() {
        let answer = client.send("POST", POST, &ride.body());
        ids.push(answer.json()["ride_id"].as_str().unwrap().to_owned());
        answers.push(answer);
    }
    let _ = program.drained();
    answers.extend(questions(&ids).iter().map(|path| client.get(path)));
    let headers = |answer: &aqueduct_tests::e2e::Answer| {
        let kept = ["content-type", "location"].map(|name| answer.header(name).map(|text| named(text, &ids)));
        json!(kept)
    };
    let answers = answers
        .iter()
        .map(|answer| {
            (
                u64::from(answer.status),
                headers(answer),
                named(&answer.text, &ids),
            )
        })
        .collect();
    assert_eq!(program.stop(), Some(0));
    Behavior {
        answers,
        trace: by_request(&listener.join().unwrap()),
    }
}

fn in_the_cloud() -> Option<(Behavior, Report)> {
    let ledger = tempfile::tempdir().unwrap();
    let gateway = Gateway::start(ledger.path(), 0);
    let mut plan = Plan::of(lambda()).parameter("CardGatewayUrl", &gateway.url());
    let (card_of, card) = card();
    plan = plan.request("PUT", &card_of, &card);
    for ride in rides() {
        plan = plan.request("POST", POST, &ride.body());
    }
    // The ids are known only afterwards, so the questions name rides by their number.
    let numbers: Vec<String> = (0..20).map(|index| format!("{{ride-{index}}}")).collect();
    plan = plan.pump();
    for path in questions(&numbers) {
        plan = plan.request("GET", &path, "");
    }
    let report = plan.run()?;
    let body = |payload: &Value| payload["body"].as_str().unwrap_or_default().to_owned();
    let ids: Vec<String> = report.answers[1..=20]
        .iter()
        .map(|answer| {
            let ride: Value = serde_json::from_str(&body(&answer.payload)).unwrap();
            ride["ride_id"].as_str().unwrap().to_owned()
        })
        .collect();
    let headers = |payload: &Value| {
        let header = |name: &str| payload["headers"][name].as_str().map(|text| named(text, &ids));
        json!(["content-type", "location"].map(header))
    };
    let answers = report
        .answers
        .iter()
        .map(|answer| {
            (
                answer.status(),
                headers(&answer.payload),
                named(&body(&answer.payload), &ids),
            )
        })
        .collect();
    let behavior = Behavior {
        answers,
        trace: by_request(&report.trace),
    };
    Some((behavior, report))
}

#[test]
fn twenty_rides_do_the_same_on_one_machine_and_in_the_cloud() {
    let Some((cloud, report)) = in_the_cloud() else {
        return;
    };
    let local = locally();
    assert_eq!(cloud.answers.len(), local.answers.len());
    for (cloud, local) in cloud.answers.iter().zip(&local.answers) {
        if cloud.2.contains("\"status\"") {
            // Step Functions have written the row: they keep the value of a number, and not how it was written.
            let [cloud, local] = [cloud, local].map(|answer| {
                let body = serde_json::from_str(&answer.2).unwrap();
                (answer.0, &answer.1, by_value(&body))
            });
            assert_eq!(cloud, local);
        } else {
            assert_eq!(cloud, local);
        }
    }
    assert_eq!(cloud.trace.len(), local.trace.len());
    for (cloud, local) in cloud.trace.iter().zip(&local.trace) {
        assert_eq!(cloud, local);
    }

    let entitled = rides()
        .iter()
        .filter(|ride| ride.reaches("extraordinary"))
        .count();
    assert!(
        (5..15).contains(&entitled),
        "the rides tell the two kinds apart: {entitled}"
    );
    let ended = |status: &str| {
        let of_status = report.executions.iter().filter(|one| one["status"] == status);
        of_status.count()
    };
    let with_card = rides()
        .iter()
        .filter(|ride| ride.customer == "customer-0")
        .count();
    assert_eq!((ended("SUCCEEDED"), ended("FAILED")), (with_card, 20 - with_card));
    let rows = |table: &str| report.rows[table].len();
    assert_eq!(rows("ExtraordinaryRidesCelebrationsTable"), entitled);
    assert_eq!(rows("CustomerAccountingFaresTable"), 20);
    assert_eq!(rows("Outbox"), 0, "everything is published");
    assert!(report.left.values().all(Vec::is_empty), "{:?}", report.left);

    assert_eq!(report.denied, Vec::<[String; 3]>::new());
    let count = |grants: &BTreeMap<String, Vec<[String; 2]>>| grants.values().map(Vec::len).sum::<usize>();
    eprintln!(
        "{} calls of {} functions, {} of {} granted actions used, {} refused",
        report.deliveries.values().sum::<u64>(),
        report.deliveries.len(),
        count(&report.used),
        count(&report.granted),
        report.denied.len()
    );
}

#[test]
fn a_role_that_lacks_an_action_stops_its_function() {
    let plan = Plan::of(lambda())
        .revoke("RideManagementSubmitFunction", "dynamodb:UpdateItem", "Outbox")
        .request("POST", POST, &Ride::to_frankfurt().body())
        .pump();
    let Some(report) = plan.run() else { return };
    assert_eq!(report.answers[0].status(), 500, "{:?}", report.answers);
    let denied = ["RideManagementSubmitFunction", "dynamodb:UpdateItem", "Outbox"].map(str::to_owned);
    assert!(report.denied.contains(&denied), "{:?}", report.denied);
    assert!(
        report.rows.values().all(Vec::is_empty),
        "nothing is half done: {:?}",
        report.rows
    );
}

/// Redelivery and partial batches are our driver's, over moto's queues and its redrive.
#[test]
fn one_poison_message_of_a_batch_is_dead_and_the_others_are_handled_once() {
    let ride = |id: &str| {
        let ride = Ride::to_frankfurt().body();
        ride.replacen(
            '{',
            &format!(r#"{{"ride_id":"0198f2c4-0000-7000-8000-00000000000{id}","#),
            1,
        )
    };
    let plan = Plan::of(lambda())
        .send("AccountingQueue", &ride("1"))
        .send("AccountingQueue", "{}")
        .send("AccountingQueue", &ride("2"))
        .send("AccountingQueue", &ride("2"))
        .pump();
    let Some(report) = plan.run() else { return };
    assert_eq!(report.left["AccountingDeadLetters"], ["{}"]);
    assert_eq!(report.left["AccountingQueue"], Vec::<String>::new());
    assert_eq!(report.rows["CustomerAccountingFaresTable"].len(), 2);
    let kinds = |wanted: &str| {
        report
            .trace
            .iter()
            .filter(|event| event["kind"] == wanted)
            .count()
    };
    // Two sagas are begun, and two customers are told that they have left no card.
    assert_eq!(
        ["succeeded", "duplicate", "failed", "dead-lettered"].map(kinds),
        [4, 1, 5, 1]
    );
    let said = |line: &&String| {
        line.contains("InvalidMessage") && line.contains("CustomerAccounting.FareCollection")
    };
    assert_eq!(report.log.iter().filter(said).count(), 5, "{:?}", report.log);
}

/// As Step Functions will call them: input in, reply out, and a failure under the name that its author gave it.
#[test]
fn a_handler_that_is_called_by_itself_fails_under_its_own_name() {
    let ride = |customer: &str| {
        json!({
            "ride_id": "0198f2c4-0000-7000-8000-000000000001", "customer": customer, "from": "Berlin", "to": "Bonn",
            "distance": 600, "duration": 420, "fare": 30,
        })
    };
    let plan = Plan::of(lambda())
        .request("PUT", "/customers/zoe/phone", r#"{"number": "0049 30 1"}"#)
        .invoke("CustomerNotification.notify", &ride("zoe"))
        .invoke("CustomerNotification.notify", &ride("ada"))
        .invoke("CustomerNotification.notify", &json!({ "customer": "ada" }))
        .invoke("RideManagement.rides.get", &json!({}))
        .request("POST", POST, &Ride::to_frankfurt().body())
        // What has just been committed is the stream's to send; the sweep looks, and leaves it.
        .invoke("outbox", &json!({ "sweep": "outbox" }));
    let Some(report) = plan.run() else { return };
    let errors: Vec<_> = report
        .answers
        .iter()
        .map(|answer| answer.error.as_deref())
        .collect();
    assert_eq!(
        errors,
        [
            None,
            Some("NumberRefused"),
            None,
            Some("InvalidMessage"),
            Some("UnknownEvent"),
            None,
            None
        ],
        "{:?}",
        report.answers
    );
    assert_eq!(report.answers[6].payload, json!({ "published": 0 }));
    assert_eq!(report.rows["Outbox"].len(), 1);
    assert_eq!(report.denied, Vec::<[String; 3]>::new());
    let logged = report.log.iter().any(|line| line.contains("NumberRefused"));
    assert!(logged, "{:?}", report.log);
}

#[test]
fn the_program_is_small() {
    let (_, program) = lambda();
    let size = std::fs::metadata(&program).unwrap().len();
    let bare = bare_lambda();
    eprintln!("the Lambda program of Wild Rydes has {size} bytes, one that does nothing {bare}");
    assert!(size <= 8_000_000, "{size} bytes");
    // What can't be small is no measure.
    assert!(bare < size && bare > 500_000, "{bare} bytes");
}
