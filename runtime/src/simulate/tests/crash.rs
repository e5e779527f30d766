//! Crashes at a random write or sync while sagas run against a gateway that fails, hangs and answers late. Afterwards
//! every saga that was asked for is done, wholly taken back, or stuck where somebody sees it, and the money fits.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::fares::{Note, Notes, Way, program};
use super::gateway::{Gateway, Random};
use crate::Store;
use crate::admin::{Request, Response};
use crate::fault::{CrashDisk, Sync};
use crate::saga::{Log, Standing};
use crate::simulate::{Plan, Simulation, simulate_over};
use crate::store::keys;
use crate::store::redb::Redb;

/// How many seeds one run tries; `AQUEDUCT_CRASH_SEEDS` changes it.
const SEEDS: u64 = 200;

/// How many times the disk crashes for one seed.
const CRASHES: u32 = 3;

/// How many rides there are for one seed at most.
const RIDES: u64 = 12;

#[derive(Debug, Default)]
struct Totals {
    crashes: u64,
    sagas: u64,
    done: u64,
    failed: u64,
    stuck: u64,
    asked: u64,
}

#[test]
fn every_saga_is_done_or_taken_back_or_stuck_and_the_money_fits() {
    let seeds = std::env::var("AQUEDUCT_CRASH_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(SEEDS);
    let mut totals = Totals::default();
    for seed in 0..seeds {
        if let Err(violation) = run(seed, Sync::Honest, &mut totals) {
            panic!("seed {seed}: {violation}");
        }
    }
    println!("{seeds} seeds: {totals:?}");
    assert!(totals.crashes > seeds && totals.sagas > seeds, "{totals:?}");
    assert!(totals.done > seeds / 2 && totals.failed > seeds / 2, "{totals:?}");
    assert!(
        totals.stuck > 0,
        "no run was stuck, so that was never seen: {totals:?}"
    );
}

#[test]
fn a_disk_whose_sync_does_nothing_is_seen_to_lose() {
    let broken = (0..40).filter(|seed| run(*seed, Sync::Lying, &mut Totals::default()).is_err());
    let broken = broken.count();
    println!("{broken} of 40 runs over a lying disk are broken");
    assert!(broken > 20, "only {broken} of 40 runs are seen to be broken");
}

#[test]
fn a_seed_tells_the_same_story_twice() {
    let story = |seed| {
        let mut totals = Totals::default();
        let told = run(seed, Sync::Honest, &mut totals);
        format!("{told:?} {totals:?}")
    };
    for seed in 0..5 {
        assert_eq!(story(seed), story(seed), "seed {seed}");
    }
}

fn run(seed: u64, sync: Sync, totals: &mut Totals) -> Result<(), String> {
    let (disk, gateway) = (CrashDisk::new(sync), Gateway::new(seed));
    let plan = Plan::new(seed, Some(Arc::new(gateway.clone())));
    let way = [Way::Line, Way::Branches, Way::Wait][usize::try_from(seed % 3).unwrap_or_default()];
    let storage = open(&disk)?;
    let story = async |simulation: &mut Simulation| {
        let mut random = Random(!seed);
        let mut asked = BTreeSet::new();
        for _ in 0..CRASHES {
            disk.crash_after(20 + random.below(300));
            work(simulation, &mut random, &mut asked).await;
            simulation.crash();
            totals.crashes += u64::from(disk.crashed());
            disk.reboot(|| random.next());
            // Sometimes nobody starts it again before the deadlines are over.
            if random.below(4) == 0 {
                simulation.pass(Duration::from_secs(180)).await;
            }
            simulation.over(open(&disk)?);
            simulation.start().map_err(|error| error.to_string())?;
        }
        if !simulation.rest(Duration::from_secs(3600)).await {
            return Err("it doesn't come to rest".to_owned());
        }
        // What was on its way to the gateway arrives.
        simulation.pass(Duration::from_secs(60)).await;
        judge(simulation, &gateway, &asked, totals).await
    };
    let told = simulate_over(storage, program(way), plan, story).map_err(|error| error.to_string())?;
    totals.asked += gateway.asked();
    told
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

/// Asks for rides at random until the disk crashes or time is over.
async fn work(simulation: &Simulation, random: &mut Random, asked: &mut BTreeSet<String>) {
    for _ in 0..12 {
        if !simulation.is_running() {
            return;
        }
        let id = format!("r{}", random.below(RIDES));
        let body = json!({"id": id, "text": ""});
        let channel = "rides".to_owned();
        if let Some(Response::Sent { .. }) = simulation.ask(Request::Send { channel, body }).await {
            asked.insert(id);
        }
        simulation.pass(Duration::from_millis(random.below(3000))).await;
    }
}

/// What must hold in the end.
async fn judge(
    simulation: &Simulation,
    gateway: &Gateway,
    asked: &BTreeSet<String>,
    totals: &mut Totals,
) -> Result<(), String> {
    let (mut done, mut failed) = (0, 0);
    for number in 0..RIDES {
        let id = format!("r{number}");
        let request = Request::Saga {
            name: "Collection".to_owned(),
            key: id.clone(),
        };
        let log: Log = match simulation.ask(request).await {
            Some(Response::Saga { log }) => *log,
            _ if asked.contains(&id) => return Err(format!("{id} was asked for and is gone")),
            _ => continue,
        };
        let (money, booked) = (gateway.money(&id), note(simulation, &format!("booked {id}"))?);
        let (fare, booked) = (
            note(simulation, &id)?,
            booked.as_deref().unwrap_or("0").to_owned(),
        );
        let fits = match log.standing() {
            Standing::Done => {
                done += 1;
                money.taken == 1 && money.held == 1 && booked == "1" && fare.as_deref() == Some("completed")
            }
            Standing::Failed => {
                failed += 1;
                // A program that stopped before there was a fare leaves none.
                let fare = fare.as_deref().is_none_or(|fare| fare == "failed");
                money.taken == 0 && money.held == 0 && booked == "0" && fare
            }
            Standing::Stuck => {
                totals.stuck += 1;
                true
            }
            Standing::Running => false,
        };
        if !fits || money.captures > 1 {
            return Err(format!(
                "{id}: {money:?}, booked {booked}, fare {fare:?}, {log:#?}"
            ));
        }
        totals.sagas += 1;
    }
    totals.done += done;
    totals.failed += failed;
    let Some(Response::Stats { stats }) = simulation.ask(Request::Stats).await else {
        return Err("it doesn't count".to_owned());
    };
    let told = |queue: &str| stats.queues.get(queue).map_or(0, |queue| queue.ready);
    if (told("collected"), told("rejected")) != (done, failed) {
        return Err(format!(
            "{done} are done and {failed} taken back, and {} and {} were told",
            told("collected"),
            told("rejected")
        ));
    }
    Ok(())
}

/// The text of a note.
fn note(simulation: &Simulation, id: &str) -> Result<Option<String>, String> {
    let read = || {
        let stored = simulation.storage.snapshot()?.get(&keys::row(Notes::NAME, id))?;
        let json = stored.as_deref().map(crate::record::split_row).transpose()?;
        Ok::<_, crate::store::Error>(json.map(|(_, json)| serde_json::from_slice::<Note>(json)))
    };
    let note = read().map_err(|error| error.to_string())?;
    note.transpose()
        .map(|note| note.map(|note| note.text))
        .map_err(|error| error.to_string())
}
