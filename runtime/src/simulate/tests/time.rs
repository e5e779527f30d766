//! Waits and deadlines: durable, exact, and no time of ours.

use std::sync::Arc;
use std::time::Duration;

use super::fares::{self, Way, program_within};
use super::gateway::Gateway;
use crate::saga::{Log, Standing};
use crate::simulate::{Plan, Simulation, simulate};

/// A crash after so long, and a start so much later, in milliseconds.
struct Crash {
    after: u64,
    down: u64,
}

/// Collects the fare of ride `r1`; by way of `Wait`, ten seconds pass before money is taken.
fn one(way: Way, deadline: u64, crash: Option<&Crash>, gateway: &Gateway) -> Log {
    let plan = Plan::new(0, Some(Arc::new(gateway.clone())));
    let story = async |simulation: &mut Simulation| {
        fares::begin(simulation).await;
        if let Some(Crash { after, down }) = crash {
            simulation.pass(Duration::from_millis(*after)).await;
            simulation.crash();
            assert!(!simulation.is_running());
            simulation.pass(Duration::from_millis(*down)).await;
            simulation.start().unwrap();
        }
        assert!(simulation.rest(Duration::from_secs(600)).await);
        fares::log(simulation, "Collection").await
    };
    simulate(program_within(way, deadline), plan, story).unwrap()
}

fn seconds(log: &Log) -> i64 {
    log.touched().duration_since(log.started).as_secs()
}

#[test]
fn a_wait_takes_as_long_as_it_says_and_a_crash_makes_it_no_longer() {
    let crash = Crash {
        after: 4_000,
        down: 0,
    };
    for crash in [None, Some(&crash)] {
        let gateway = Gateway::reliable();
        let log = one(Way::Wait, 120_000, crash, &gateway);
        assert_eq!((log.standing(), seconds(&log)), (Standing::Done, 10));
        assert_eq!(gateway.money("r1").taken, 1);
    }
}

#[test]
fn a_deadline_ends_a_wait_and_takes_back_what_was_done() {
    let gateway = Gateway::reliable();
    let log = one(Way::Wait, 7_000, None, &gateway);
    assert_eq!((log.standing(), seconds(&log)), (Standing::Failed, 7));
    assert_eq!(log.error().unwrap().name, "Deadline");
    assert_eq!((gateway.money("r1").held, gateway.money("r1").captures), (0, 0));
}

#[test]
fn a_step_under_way_at_a_crash_is_taken_back_even_if_the_deadline_is_over_at_the_start() {
    let gateway = Gateway::silent("capture");
    let crash = Crash {
        after: 1_000,
        down: 10_000,
    };
    let log = one(Way::Line, 7_000, Some(&crash), &gateway);
    let money = gateway.money("r1");
    assert_eq!(log.standing(), Standing::Failed, "{log:#?}");
    assert_eq!((money.captures, money.taken, money.held), (1, 0, 0), "{log:#?}");
}
