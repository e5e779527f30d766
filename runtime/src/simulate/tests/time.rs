//! Waits and deadlines: durable, exact, and no time of ours.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::fares::{Way, program_within};
use super::gateway::Gateway;
use crate::admin::{Request, Response};
use crate::saga::{Log, Standing};
use crate::simulate::{Plan, Simulation, simulate};

/// Collects the fare of ride `r1`, which waits ten seconds before money is taken; crashes after these milliseconds.
fn one(deadline: u64, crash: Option<u64>) -> (Log, Gateway) {
    let gateway = Gateway::reliable();
    let plan = Plan::new(0, Some(Arc::new(gateway.clone())));
    let story = async |simulation: &mut Simulation| {
        let request = Request::Send {
            channel: "rides".to_owned(),
            body: json!({"id": "r1", "text": ""}),
        };
        assert!(matches!(
            simulation.ask(request).await,
            Some(Response::Sent { .. })
        ));
        if let Some(after) = crash {
            simulation.pass(Duration::from_millis(after)).await;
            simulation.crash();
            assert!(!simulation.is_running());
            simulation.start().unwrap();
        }
        assert!(simulation.rest(Duration::from_secs(600)).await);
        let request = Request::Saga {
            name: "Collection".to_owned(),
            key: "r1".to_owned(),
        };
        match simulation.ask(request).await {
            Some(Response::Saga { log }) => *log,
            other => panic!("{other:?}"),
        }
    };
    (
        simulate(program_within(Way::Wait, deadline), plan, story).unwrap(),
        gateway,
    )
}

fn seconds(log: &Log) -> i64 {
    log.touched().duration_since(log.started).as_secs()
}

#[test]
fn a_wait_takes_as_long_as_it_says_and_a_crash_makes_it_no_longer() {
    for crash in [None, Some(4_000)] {
        let (log, gateway) = one(120_000, crash);
        assert_eq!((log.standing(), seconds(&log)), (Standing::Done, 10), "{crash:?}");
        assert_eq!(gateway.money("r1").taken, 1);
    }
}

#[test]
fn a_deadline_ends_a_wait_and_takes_back_what_was_done() {
    let (log, gateway) = one(7_000, None);
    assert_eq!((log.standing(), seconds(&log)), (Standing::Failed, 7));
    assert_eq!(log.error().unwrap().name, "Deadline");
    assert_eq!((gateway.money("r1").held, gateway.money("r1").captures), (0, 0));
}
