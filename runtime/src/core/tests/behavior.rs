//! What the core does in single situations.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::driver::Driver;
use crate::clock::{Clock, ManualClock};
use crate::core::command::{Command, Keep, Outcome, Started, Unit};
use crate::core::micros;
use crate::step::fail::Fault;
use crate::store::Storage;
use crate::store::keys::{Key, Space};
use crate::store::memory::Memory;
use crate::topology::{HandlerSpec, Queue, Topology};

fn memory() -> (Arc<Memory>, Arc<ManualClock>) {
    (Arc::default(), Arc::default())
}

#[test]
fn a_unit_that_conflicts_leaves_its_neighbors_alone() {
    let (storage, clock) = memory();
    let mut driver = Driver::open(storage, clock, 1, 1).unwrap();
    let (mut first, mut same, mut other) = (driver.post(1), driver.post(1), driver.post(2));
    driver.turn().unwrap();
    assert_eq!(first.try_recv(), Ok(Outcome::Committed));
    assert_eq!(same.try_recv(), Ok(Outcome::Conflict));
    assert_eq!(other.try_recv(), Ok(Outcome::Committed));
    assert_eq!(driver.core.stats(0).counters.conflicts, 1);
}

#[test]
fn a_long_queue_keeps_its_order_through_windows_and_restarts() {
    let (storage, clock) = memory();
    let open = || Driver::open(storage.clone(), clock.clone(), 1, 1).unwrap();
    let mut driver = open();
    for id in 0..50 {
        drop(driver.post(id));
    }
    let mut order = Vec::new();
    for round in 0..120 {
        if round == 30 {
            driver = open();
        }
        driver.turn().unwrap();
        while let Ok(started) = driver.started.try_recv() {
            let id = started.envelope.id.parse().unwrap();
            drop(driver.finish(started.lease, id));
            if started.lease.queue == 0 && !order.contains(&id) {
                order.push(id);
            }
        }
    }
    assert_eq!(order, (0..50).collect::<Vec<_>>());
}

#[test]
fn a_declared_queue_receives_the_dead_letters() {
    let (storage, clock) = memory();
    let topology = Topology::new("Test")
        .queue(Queue::new("work").dead_letter_after(1).dead_letter_to("repairs"))
        .queue(Queue::new("repairs").dead_letter_after(1))
        .handler(HandlerSpec::new("S.work").on("work"))
        .handler(HandlerSpec::new("S.repair").on("repairs"));
    let mut driver = Driver::of(&topology, storage, clock, 1).unwrap();
    drop(driver.post(7));
    driver.turn().unwrap();
    for queue in ["work", "repairs"] {
        let index = usize::from(queue == "repairs");
        while let Ok(started) = driver.started.try_recv() {
            assert_eq!((started.envelope.id.as_str(), started.attempt), ("7", 1));
            if started.lease.queue == index {
                let fault = Fault {
                    error: "no".to_owned(),
                    again: true,
                };
                driver.pending.push(Command::Fail {
                    lease: started.lease,
                    fault,
                });
            } else {
                drop(driver.finish(started.lease, 7));
            }
        }
        driver.turn().unwrap();
    }
    let stats = driver.core.stats(0);
    assert_eq!((stats.queues["work"].dead, stats.counters.dead_lettered), (0, 2));
    assert_eq!(stats.queues["repairs"].dead, 1);
}

#[test]
fn what_is_kept_for_a_while_is_recognised_and_then_forgotten() {
    let (storage, clock) = memory();
    let mut driver = Driver::open(storage.clone(), clock.clone(), 1, 1).unwrap();
    let key = Key::new(Space::Inbox).name("S.a").rest(b"[1]").bytes();
    let until = micros(clock.now()) + 1_000_000;
    let unit = |driver: &mut Driver| {
        let (mut unit, outcome) = Unit::new(None);
        unit.inbox = Some(Keep {
            key: key.clone(),
            until,
            value: Bytes::from_static(b"{}"),
        });
        driver.pending.push(Command::Finish(Box::new(unit)));
        driver.turn().unwrap();
        outcome
    };
    assert_eq!(unit(&mut driver).try_recv(), Ok(Outcome::Committed));
    assert_eq!(unit(&mut driver).try_recv(), Ok(Outcome::Handled(b"{}".to_vec())));
    clock.advance(Duration::from_secs(2));
    driver.pending.push(Command::Tick);
    driver.turn().unwrap();
    assert_eq!(driver.core.stats(0).counters.forgotten, 1);
    let snapshot = storage.snapshot().unwrap();
    let (from, to) = Key::new(Space::Expiry).range();
    let mut left = 0;
    let mut count = |_: &[u8], _: &[u8]| {
        left += 1;
        std::ops::ControlFlow::Continue(())
    };
    snapshot.scan(&from, &to, &mut count).unwrap();
    assert_eq!((snapshot.get(&key).unwrap(), left), (None, 0));
}

/// One queue that keeps an order among messages of a group, or removes them after a while.
fn one_queue(queue: Queue) -> Topology {
    let name = queue.name.clone();
    Topology::new("Test")
        .queue(queue.dead_letter_after(2))
        .handler(HandlerSpec::new("S.h").on(&name).concurrency(8))
}

fn fail(driver: &mut Driver, started: &Started) {
    let fault = Fault {
        error: "no".to_owned(),
        again: true,
    };
    driver.pending.push(Command::Fail {
        lease: started.lease,
        fault,
    });
    driver.turn().unwrap();
}

fn started(driver: &mut Driver) -> Vec<Started> {
    driver.turn().unwrap();
    std::iter::from_fn(|| driver.started.try_recv().ok()).collect()
}

fn ids(started: &[Started]) -> Vec<u64> {
    started
        .iter()
        .map(|one| one.envelope.id.parse().unwrap())
        .collect()
}

#[test]
fn a_group_waits_for_its_first_message_and_goes_on_when_that_is_dead() {
    let (storage, clock) = memory();
    let topology = one_queue(Queue::new("q").fifo_by(["in.group"]));
    let open = || Driver::of(&topology, storage.clone(), clock.clone(), 1).unwrap();
    let mut driver = open();
    for id in [0, 3, 6, 1] {
        drop(driver.post(id));
    }
    let first = started(&mut driver);
    assert_eq!(ids(&first), [0, 1], "one of each group");
    fail(&mut driver, &first[0]);
    assert_eq!(
        ids(&started(&mut driver)),
        [] as [u64; 0],
        "3 waits while 0 waits"
    );
    driver = open();
    assert_eq!(
        ids(&started(&mut driver)),
        [1],
        "after a restart too: 1 was interrupted, 0 waits"
    );
    clock.advance(Duration::from_secs(1));
    let again = started(&mut driver);
    assert_eq!(ids(&again), [0]);
    fail(&mut driver, &again[0]);
    let next = started(&mut driver);
    assert_eq!(ids(&next), [3], "0 is dead");
    drop(driver.finish(next[0].lease, 3));
    assert_eq!(ids(&started(&mut driver)), [6]);
    assert_eq!(driver.core.stats(0).queues["q"].dead, 1);
}

#[test]
fn groups_behind_a_full_window_of_one_group_are_reached_when_it_moves() {
    let (storage, clock) = memory();
    let topology = one_queue(Queue::new("q").fifo_by(["in.group"]));
    let mut driver = Driver::of(&topology, storage, clock, 1).unwrap();
    for id in 0..40 {
        drop(driver.post(id * 3));
    }
    drop(driver.post(1));
    let mut order = Vec::new();
    for _ in 0..60 {
        for one in started(&mut driver) {
            let id = one.envelope.id.parse().unwrap();
            order.push(id);
            drop(driver.finish(one.lease, id));
        }
    }
    assert_eq!(order.len(), 41);
    order.retain(|id| *id != 1);
    assert_eq!(order, (0..40).map(|id| id * 3).collect::<Vec<_>>());
}

#[test]
fn what_nobody_handles_in_time_is_removed_and_counted() {
    let (storage, clock) = memory();
    let kept = Duration::from_secs(60);
    let topology = one_queue(Queue::new("q").retain(kept).fifo_by(["in.group"]));
    let mut driver = Driver::of(&topology, storage, clock.clone(), 1).unwrap();
    for id in [0, 3] {
        drop(driver.post(id));
    }
    let first = started(&mut driver);
    assert_eq!(ids(&first), [0]);
    clock.advance(Duration::from_secs(59));
    drop(driver.post(6));
    driver.turn().unwrap();
    let due = driver.core.wake().unwrap();
    assert_eq!(
        due,
        micros(clock.now()) + 1_000_000,
        "the core wants to wake when 3 is over"
    );
    clock.advance(Duration::from_secs(1));
    fail(&mut driver, &first[0]);
    // 0 waited for another attempt, 3 for 0; both are as old as the queue allows. 6 is younger.
    let next = started(&mut driver);
    assert_eq!(ids(&next), [6]);
    let stats = driver.core.stats(0);
    assert_eq!((stats.counters.expired, stats.counters.dead_lettered), (2, 0));
    assert_eq!(stats.queues["q"].ready + stats.queues["q"].delayed, 0);
    // A dead letter is kept: only who looks at it takes it away.
    fail(&mut driver, &next[0]);
    clock.advance(Duration::from_secs(1));
    let again = started(&mut driver);
    fail(&mut driver, &again[0]);
    clock.advance(kept * 10);
    driver.turn().unwrap();
    assert_eq!(driver.core.stats(0).queues["q"].dead, 1);
}
