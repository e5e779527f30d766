//! Crashes at a random write or sync, a reboot that keeps, drops or tears what was not synced, and what must hold:
//! what was acknowledged is there, nothing happens twice, no message has more attempts than allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::driver::{ALLOWED, Driver, ORDERED, QUEUES, effect, group, posted};
use crate::clock::ManualClock;
use crate::core::command::{Command, Outcome, Started};
use crate::fault::{CrashDisk, Sync};
use crate::record::{self, Dead, Entry};
use crate::step::fail::Fault;
use crate::store::Storage;
use crate::store::keys::{Key, Space};
use crate::store::redb::Redb;

/// How many seeds one run tries; `AQUEDUCT_CRASH_SEEDS` changes it.
const SEEDS: u64 = 400;

/// How many times the disk crashes for one seed.
const CRASHES: u32 = 3;

#[test]
fn what_was_acknowledged_survives_a_crash_at_any_operation() {
    let seeds = std::env::var("AQUEDUCT_CRASH_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(SEEDS);
    let mut totals = Totals::default();
    for seed in 0..seeds {
        if let Err(violation) = run(seed, Sync::Honest, Answers::AfterCommit, &mut totals) {
            panic!("seed {seed}: {violation}");
        }
    }
    println!("{seeds} seeds: {totals:?}");
    assert!(
        totals.crashes > seeds && totals.acknowledged > seeds,
        "{totals:?}"
    );
}

#[test]
fn a_disk_whose_sync_does_nothing_is_seen_to_lose() {
    let broken = (0..60)
        .filter(|seed| run(*seed, Sync::Lying, Answers::AfterCommit, &mut Totals::default()).is_err())
        .count();
    println!("{broken} of 60 runs over a lying disk are broken");
    assert!(broken > 50, "only {broken} of 60 runs are seen to be broken");
}

#[test]
fn answers_before_the_commit_are_seen_to_lose() {
    let early = |seed: &u64| run(*seed, Sync::Honest, Answers::BeforeCommit, &mut Totals::default()).is_err();
    let broken = (0..60).filter(early).count();
    println!("{broken} of 60 runs that answer early are broken");
    assert!(broken > 30, "only {broken} of 60 runs are seen to be broken");
}

/// When answers are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    AfterCommit,
    BeforeCommit,
}

#[derive(Debug, Default)]
struct Totals {
    crashes: u64,
    acknowledged: u64,
    starts: u64,
    unknown_but_there: u64,
}

/// What a client and the handlers know.
#[derive(Default)]
struct Known {
    next: u64,
    acknowledged: BTreeSet<u64>,
    handled: BTreeSet<(usize, u64)>,
    starts: BTreeMap<(usize, u64), u32>,
    /// Two messages of one group in hand at once.
    together: Option<(u64, u64)>,
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

fn run(seed: u64, sync: Sync, answers: Answers, totals: &mut Totals) -> Result<(), String> {
    let mut random = Random(seed);
    let disk = CrashDisk::new(sync);
    let clock = Arc::new(ManualClock::default());
    let mut known = Known::default();
    for _ in 0..CRASHES {
        let storage = open(&disk)?;
        check(storage.as_ref(), &known, totals)?;
        let mut driver =
            Driver::open(storage, Arc::clone(&clock), 3, seed).map_err(|error| error.to_string())?;
        if answers == Answers::BeforeCommit {
            driver.core = driver.core.acknowledging_early(Duration::ZERO);
        }
        disk.crash_after(10 + random.below(250));
        work(&mut driver, &clock, &mut random, &mut known, totals, 60);
        drop(driver);
        totals.crashes += u64::from(disk.crashed());
        disk.reboot(|| random.next());
    }
    let storage = open(&disk)?;
    check(storage.as_ref(), &known, totals)?;
    let mut driver =
        Driver::open(storage.clone(), Arc::clone(&clock), 3, seed).map_err(|error| error.to_string())?;
    settle(&mut driver, &clock, &mut known, totals)?;
    check(storage.as_ref(), &known, totals)?;
    totals.acknowledged += known.acknowledged.len() as u64;
    let waiting = entries(storage.as_ref())?;
    if waiting.is_empty() {
        Ok(())
    } else {
        Err(format!("{} messages never leave", waiting.len()))
    }
}

fn open(disk: &CrashDisk) -> Result<Arc<Redb>, String> {
    // A damaged file may make the engine panic; over a lying disk that is what is to be seen.
    let database = std::panic::catch_unwind(|| {
        redb::Database::builder()
            .set_cache_size(1 << 20)
            .create_with_backend(disk.clone())
    });
    let database = database
        .map_err(|_| "opening panics".to_owned())?
        .map_err(|error| error.to_string())?;
    Redb::new(database)
        .map(Arc::new)
        .map_err(|error| error.to_string())
}

/// Posts, finishes and fails at random until the disk crashes or the rounds are over.
fn work(
    driver: &mut Driver,
    clock: &ManualClock,
    random: &mut Random,
    known: &mut Known,
    totals: &mut Totals,
    rounds: u32,
) {
    let mut held: Vec<Started> = Vec::new();
    for _ in 0..rounds {
        let (mut posts, mut finishes) = (Vec::new(), Vec::new());
        for _ in 0..random.below(4) {
            posts.push((known.next, driver.post(known.next)));
            known.next += 1;
        }
        while !held.is_empty() && random.below(3) > 0 {
            let started = held.swap_remove(usize::try_from(random.below(held.len() as u64)).unwrap());
            let id = started.envelope.id.parse().unwrap();
            if random.below(3) > 0 {
                finishes.push(((started.lease.queue, id), driver.finish(started.lease, id)));
            } else {
                let fault = Fault {
                    error: "no".to_owned(),
                    again: true,
                };
                driver.pending.push(Command::Fail {
                    lease: started.lease,
                    fault,
                });
            }
        }
        clock.advance(Duration::from_millis(random.below(20)));
        let turned = driver.turn();
        known
            .acknowledged
            .extend(posts.into_iter().filter(committed).map(|(id, _)| id));
        known
            .handled
            .extend(finishes.into_iter().filter(committed).map(|(id, _)| id));
        while let Ok(started) = driver.started.try_recv() {
            totals.starts += 1;
            *known
                .starts
                .entry((started.lease.queue, started.envelope.id.parse().unwrap()))
                .or_default() += 1;
            if let Some(other) = held.iter().find(|other| share_a_group(other, &started)) {
                known.together = Some((id_of(other), id_of(&started)));
            }
            held.push(started);
        }
        if turned.is_err() {
            return;
        }
    }
}

fn id_of(started: &Started) -> u64 {
    started.envelope.id.parse().unwrap()
}

fn share_a_group(one: &Started, other: &Started) -> bool {
    let ordered = one.lease.queue == ORDERED && other.lease.queue == ORDERED;
    ordered && group(id_of(one)) == group(id_of(other))
}

/// Whether a unit was acknowledged: nothing here ever meets another on a row.
fn committed<T>((_, outcome): &(T, oneshot::Receiver<Outcome>)) -> bool {
    !outcome.is_empty()
}

/// Finishes everything that is left.
fn settle(
    driver: &mut Driver,
    clock: &ManualClock,
    known: &mut Known,
    totals: &mut Totals,
) -> Result<(), String> {
    let (mut idle, mut last) = (0, BTreeMap::new());
    while idle < 4 {
        clock.advance(Duration::from_millis(50));
        driver.turn().map_err(|error| error.to_string())?;
        idle += 1;
        while let Ok(started) = driver.started.try_recv() {
            idle = 0;
            totals.starts += 1;
            let id = id_of(&started);
            *known.starts.entry((started.lease.queue, id)).or_default() += 1;
            if started.lease.queue == ORDERED
                && let Some(before) = last.insert(group(id), id)
                && before > id
            {
                return Err(format!("message {before} has overtaken {id} of its group"));
            }
            drop(driver.finish(started.lease, id));
        }
    }
    Ok(())
}

fn entries(storage: &Redb) -> Result<BTreeMap<(usize, u64), u32>, String> {
    let mut found = BTreeMap::new();
    let snapshot = storage.snapshot().map_err(|error| error.to_string())?;
    for (queue, name) in QUEUES.iter().enumerate() {
        let (from, to) = Key::new(Space::Entry).name(name).range();
        let mut twice = None;
        snapshot
            .scan(&from, &to, &mut |_, value| {
                let (entry, envelope) = record::split::<Entry>(value).unwrap();
                let id = envelope.id.parse().unwrap();
                if found.insert((queue, id), entry.attempts).is_some() {
                    twice = Some(id);
                }
                ControlFlow::Continue(())
            })
            .map_err(|error| error.to_string())?;
        if let Some(id) = twice {
            return Err(format!("message {id} is in queue {name} twice"));
        }
    }
    Ok(found)
}

fn dead(storage: &Redb) -> Result<BTreeMap<(usize, u64), u32>, String> {
    let mut found = BTreeMap::new();
    let snapshot = storage.snapshot().map_err(|error| error.to_string())?;
    let (from, to) = Key::new(Space::Dead).range();
    snapshot
        .scan(&from, &to, &mut |_, value| {
            let (dead, envelope) = record::split::<Dead>(value).unwrap();
            let queue = QUEUES.iter().position(|queue| *queue == dead.queue).unwrap();
            found.insert((queue, envelope.id.parse().unwrap()), dead.attempts);
            ControlFlow::Continue(())
        })
        .map_err(|error| error.to_string())?;
    Ok(found)
}

/// What must hold after every reboot.
fn check(storage: &Redb, known: &Known, totals: &mut Totals) -> Result<(), String> {
    if let Some((one, other)) = known.together {
        return Err(format!("{one} and {other} of one group are in hand at once"));
    }
    let snapshot = storage.snapshot().map_err(|error| error.to_string())?;
    let has = |key: &[u8]| {
        snapshot
            .get(key)
            .map(|row| row.is_some())
            .map_err(|error| error.to_string())
    };
    let (waiting, dead) = (entries(storage)?, dead(storage)?);
    for id in 0..known.next {
        let stored = has(&posted(id))?;
        if known.acknowledged.contains(&id) && !stored {
            return Err(format!("post {id} was acknowledged and is gone"));
        }
        totals.unknown_but_there += u64::from(stored && !known.acknowledged.contains(&id));
        for queue in 0..QUEUES.len() {
            let place = (queue, id);
            let places = [
                waiting.contains_key(&place),
                dead.contains_key(&place),
                has(&effect(queue, id))?,
            ];
            match (stored, places.iter().filter(|there| **there).count()) {
                (true, 1) | (false, 0) => {}
                (_, count) => {
                    return Err(format!(
                        "message {id} of queue {queue} is in {count} places: {places:?}"
                    ));
                }
            }
            if known.handled.contains(&place) && !places[2] {
                return Err(format!(
                    "message {id} of queue {queue} was handled and its row is gone"
                ));
            }
            let (starts, recorded) = (known.starts.get(&place), waiting.get(&place).or(dead.get(&place)));
            let starts = starts.copied().unwrap_or_default();
            if starts > ALLOWED || recorded.is_some_and(|recorded| *recorded > ALLOWED || *recorded < starts)
            {
                return Err(format!(
                    "message {id} of queue {queue}: {starts} starts, {recorded:?} recorded"
                ));
            }
        }
    }
    Ok(())
}
