//! A message that no start can handle: five starts, a dead letter that is looked at, mended and sent back.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use aqueduct_tests::command::{Called, aqueduct, call};
use aqueduct_tests::e2e::{Build, Program, Ride, until, wild_rydes};

#[test]
fn a_poison_message_is_dead_after_five_starts_and_mended_while_the_program_runs() {
    let project = wild_rydes(Build::AsIs);
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&project, data.path(), "0", &[]);
    let mut client = program.client();
    let here = data.path().to_str().unwrap();
    let words = |words: &[&str]| -> Called { call(data.path(), &[words, &["--data", here]].concat()) };

    let bad = r#"{"number": "0049 30 1"}"#;
    assert_eq!(client.send("PUT", "/customers/cmr/phone", bad).status, 200);
    let answer = client.send("POST", "/submit-ride-completion", &Ride::to_frankfurt().body());
    let ride = answer.json()["ride_id"].as_str().unwrap().to_owned();
    let letter = until("it is a dead letter", || program.dead_letters().pop());
    assert_eq!((letter.queue.as_str(), letter.starts), ("notifications", 5));
    let numbers: Vec<u32> = letter.attempts.iter().map(|attempt| attempt.attempt).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert_eq!(client.get(&format!("/notices/{ride}")).status, 404);

    let listed = words(&["dlq", "list"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    assert!(
        listed.out.contains(&letter.id) && listed.err.contains("1 dead letter"),
        "{listed:?}"
    );
    let shown = words(&["dlq", "show", &letter.id]);
    let reason = "the handler failed 5 of 5 times, at last with: NumberRefused: \
                  the text gateway takes numbers like +4930123456 only";
    assert!(shown.out.contains(reason), "{}", shown.out);
    assert!(
        shown.out.contains(&format!("\"ride_id\": \"{ride}\"")),
        "{}",
        shown.out
    );
    assert!(shown.out.contains("\"fare\": 256.50"), "{}", shown.out);
    assert_eq!(shown.out.matches("  NumberRefused: ").count(), 5, "{}", shown.out);
    let stats = words(&["stats"]);
    for line in [
        "notifications 0 0 0 1",
        "RideManagement.rides 1",
        "dead lettered 1",
    ] {
        let there = stats
            .out
            .lines()
            .any(|known| known.split_whitespace().eq(line.split(' ')));
        assert!(there, "{line}\n{}", stats.out);
    }

    let good = r#"{"number": "+4930123456"}"#;
    assert_eq!(client.send("PUT", "/customers/cmr/phone", good).status, 200);
    let redriven = words(&["dlq", "redrive", "--queue", "notifications"]);
    assert_eq!(
        (redriven.code, redriven.err.as_str()),
        (0, "1 back in its queue\n")
    );
    let notice = until("the notice exists", || {
        let answer = client.get(&format!("/notices/{ride}"));
        (answer.status == 200).then(|| answer.json())
    });
    assert_eq!(notice["number"], "+4930123456");
    assert!(program.dead_letters().is_empty());
}

#[test]
fn what_is_sent_by_hand_is_seen_in_the_tail_and_its_dead_letter_at_rest() {
    let project = wild_rydes(Build::AsIs);
    let data = tempfile::tempdir().unwrap();
    let here = data.path().to_str().unwrap();
    let words = |words: &[&str]| -> Called { call(data.path(), &[words, &["--data", here]].concat()) };
    // Everything is out all the time.
    let program = Program::start(&project, data.path(), "1", &[]);
    let mut tail = Command::new(aqueduct())
        .args(["tail", "--json", "--data", here])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut events = BufReader::new(tail.stdout.take().unwrap()).lines();
    let refused = words(&["send", "notifications", r#"{"fare": -1}"#]);
    assert_eq!(refused.code, 2, "{refused:?}");
    for field in ["/customer: is missing", "/fare: is -1; expected at least 0"] {
        assert!(refused.err.contains(field), "{}", refused.err);
    }
    let mut sent = Vec::new();
    let body = Ride::to_frankfurt().body();
    // A tail hears what happens after it was asked for, so send until it hears something.
    let first = loop {
        let called = words(&["send", "notifications", &body]);
        assert_eq!(
            (called.code, called.err.as_str()),
            (0, "in 1 queue\n"),
            "{}",
            called.out
        );
        sent.push(called.out.trim().to_owned());
        if program.stats().counters.dead_lettered > 0 {
            break events.next().unwrap().unwrap();
        }
    };
    let rest = events.map(|line| serde_json::from_str::<serde_json::Value>(&line.unwrap()).unwrap());
    let first = serde_json::from_str(&first).unwrap();
    let mut kinds = Vec::new();
    for event in std::iter::once(first).chain(rest) {
        assert!(
            sent.iter().any(|id| event["message_id"] == id.as_str()),
            "{event}"
        );
        kinds.push(event["kind"].as_str().unwrap().to_owned());
        if event["kind"] == "dead-lettered" {
            assert_eq!(
                (&event["attempt"], &event["channel"]),
                (&5.into(), &"notifications".into())
            );
            break;
        }
    }
    assert!(
        kinds.iter().any(|kind| kind == "delivered") && kinds.iter().any(|kind| kind == "failed"),
        "{kinds:?}"
    );
    let stats = program.drained();
    assert_eq!(stats.queues["notifications"].dead, sent.len() as u64);
    assert_eq!(program.stop(), Some(0));
    assert!(tail.wait().unwrap().success(), "a tail ends with its program");

    let listed = words(&["dlq", "list"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    assert!(sent.iter().all(|id| listed.out.contains(id)), "{}", listed.out);
    assert!(
        words(&["stats"])
            .out
            .contains("nothing runs: this is what the store holds")
    );
    let nothing = words(&["tail"]);
    assert!(
        nothing.code == 2 && nothing.err.contains("nothing runs in"),
        "{nothing:?}"
    );
}
