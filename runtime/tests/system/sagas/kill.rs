//! `kill -9` while sagas run: each that was asked for ends, and what it did is there once.
//!
//! The test binary starts itself again as the program that is killed.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::admin::{Client, Request, Response};
use aqueduct::saga::Standing;
use serde_json::json;

use super::program::{Bench, fare_collection, options, program, story, topology};

/// Where the child keeps its data; only set in the child.
const CHILD: &str = "AQUEDUCT_TEST_KILL_SAGAS";

/// The program that is killed. As a test of its own it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(data) = std::env::var(CHILD) else { return };
    let program = program(topology(fare_collection()), &Arc::new(Mutex::new(HashMap::new())));
    let running = aqueduct::local::start(program, options(Path::new(&data)))
        .await
        .unwrap();
    std::future::pending::<()>().await;
    drop(running);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_asked_for_ends_after_kills() {
    let mut bench = Bench::at_rest(topology(fare_collection()));
    let mut asked = Vec::new();
    for (round, after) in [40, 90, 150].into_iter().enumerate() {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sagas::kill::child", "--nocapture"])
            .env(CHILD, bench.data.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut client = loop {
            match Client::connect(bench.data.path()) {
                Ok(client) => break client,
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        let asking = tokio::task::spawn_blocking(move || {
            let mut answered = Vec::new();
            for number in 0.. {
                let key = format!("{round}-{number}");
                let request = Request::Send {
                    channel: "accounting".to_owned(),
                    body: json!({"ride_id": key, "amount": 60}),
                };
                match client.request(&request) {
                    Ok(Response::Sent { .. }) => answered.push(key),
                    _ => break,
                }
            }
            answered
        });
        tokio::time::sleep(Duration::from_millis(after)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        asked.extend(asking.await.unwrap());
    }
    assert!(asked.len() > 10, "only {} were asked for", asked.len());
    bench.run().await;
    let mut crashed = 0;
    for key in &asked {
        let log = bench.settled(key).await;
        match log.standing() {
            Standing::Done => {
                assert_eq!(story(&log), "register authorize charge book done_1 done_2");
                for handler in ["authorize", "charge", "book"] {
                    assert_eq!(bench.done(handler, key).await, 1, "{handler} {key}");
                }
            }
            // A step that was under way when the program was killed: nobody knows, so all is taken back.
            Standing::Failed => {
                assert_eq!(log.error().unwrap().name, "Crashed");
                crashed += 1;
            }
            other => panic!("{key}: {other:?}"),
        }
    }
    println!(
        "{} sagas, {crashed} of them taken back because of a kill",
        asked.len()
    );
    bench.stop().await;
}
