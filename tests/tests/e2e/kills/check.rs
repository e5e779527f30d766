//! What has to hold once everything is drained: rows, effects and dead letters add up to the rides, one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use aqueduct::stats::Stats;
use aqueduct_tests::e2e::{CONSUMERS, Program};
use serde_json::Value;

use super::crowd::Crowd;

/// How often a handler is started for a message, as declared.
const STARTS: u32 = 5;

/// How many ask at once.
const READERS: usize = 4;

/// Everything that is wrong.
pub(crate) fn everything(crowd: &Crowd, program: &Program, stats: &Stats) -> Vec<String> {
    let mut problems = Vec::new();
    let keys = crowd.rides.len();
    expect(
        &mut problems,
        "rows in rides for distinct keys",
        stats.tables["RideManagement.rides"],
        keys as u64,
    );
    let ids = crowd.locations().into_iter().map(|location| {
        let location = location.unwrap_or_default();
        location.strip_prefix("/rides/").unwrap_or_default().to_owned()
    });
    let ids: Vec<String> = ids.collect();
    expect(
        &mut problems,
        "locations for distinct keys",
        ids.iter().collect::<BTreeSet<_>>().len() as u64,
        keys as u64,
    );
    let dead = dead(program, stats, &mut problems);
    for consumer in CONSUMERS {
        let none = BTreeSet::new();
        let dead = dead.get(consumer.queue).unwrap_or(&none);
        let entitled = crowd
            .rides
            .iter()
            .zip(&ids)
            .filter(|(ride, _)| ride.reaches(consumer.queue));
        let entitled: BTreeSet<&String> = entitled.map(|(_, id)| id).collect();
        for stranger in dead.iter().filter(|id| !entitled.contains(id)) {
            problems.push(format!(
                "{} has a dead letter of ride {stranger}, which nobody posted",
                consumer.queue
            ));
        }
        let Some(path) = consumer.path else { continue };
        let rows = (entitled.len() - dead.len().min(entitled.len())) as u64;
        expect(
            &mut problems,
            &format!("rows in {}", consumer.table),
            stats.tables[consumer.table],
            rows,
        );
        problems.extend(each(&ids, program, |get, index, id| {
            let wanted = entitled.contains(id) && !dead.contains(id);
            let there = get(&format!("{path}{id}")).is_some();
            (there != wanted).then(|| {
                format!(
                    "{path}{id} is {}there: ride {index}",
                    if there { "" } else { "not " }
                )
            })
        }));
    }
    problems.extend(each(&ids, program, |get, index, id| {
        let row = get(&format!("/rides/{id}"));
        (!row.is_some_and(|row| crowd.rides[index].is(&row)))
            .then(|| format!("ride {index} is not at /rides/{id}"))
    }));
    loyalty(crowd, program, &ids, dead.get("loyalty"), &mut problems);
    crowd.repeat_all();
    let after = program.drained();
    expect(
        &mut problems,
        "rows in rides after every key was used again",
        after.tables["RideManagement.rides"],
        keys as u64,
    );
    problems.extend(crowd.problems());
    problems
}

/// The rides in dead letters, by queue; each with exactly the declared number of starts.
fn dead(program: &Program, stats: &Stats, problems: &mut Vec<String>) -> BTreeMap<String, BTreeSet<String>> {
    let mut dead: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for letter in program.dead_letters() {
        if letter.starts != STARTS || letter.attempts.len() != STARTS as usize {
            problems.push(format!(
                "a dead letter after {} starts: {letter:?}",
                letter.starts
            ));
        }
        let body = program
            .dead_letter(&letter.queue, &letter.id)
            .body
            .unwrap_or_default();
        let ride = body["ride_id"].as_str().unwrap_or_default().to_owned();
        if !dead.entry(letter.queue.clone()).or_default().insert(ride.clone()) {
            problems.push(format!("{} has two dead letters of ride {ride}", letter.queue));
        }
    }
    for consumer in CONSUMERS {
        let listed = dead.get(consumer.queue).map_or(0, BTreeSet::len) as u64;
        expect(
            problems,
            &format!("dead letters in {}", consumer.queue),
            stats.queues[consumer.queue].dead,
            listed,
        );
    }
    dead
}

/// Points are sums, and so tell what was done twice.
fn loyalty(
    crowd: &Crowd,
    program: &Program,
    ids: &[String],
    dead: Option<&BTreeSet<String>>,
    problems: &mut Vec<String>,
) {
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (ride, id) in crowd.rides.iter().zip(ids) {
        if !dead.is_some_and(|dead| dead.contains(id)) {
            let (rides, points) = sums.entry(&ride.customer).or_default();
            *rides += 1;
            *points += u64::from(ride.distance);
        }
    }
    let mut client = program.client();
    for (customer, (rides, points)) in sums {
        let account = client.get(&format!("/loyalty/{customer}")).json();
        expect(
            problems,
            &format!("rides of {customer}"),
            account["rides"].as_u64().unwrap_or_default(),
            rides,
        );
        expect(
            problems,
            &format!("points of {customer}"),
            account["points"].as_u64().unwrap_or_default(),
            points,
        );
    }
}

type Get<'a> = dyn FnMut(&str) -> Option<Value> + 'a;

/// Asks something about each ride, several at once.
fn each(
    ids: &[String],
    program: &Program,
    ask: impl Fn(&mut Get<'_>, usize, &String) -> Option<String> + Sync,
) -> Vec<String> {
    let problems = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for reader in 0..READERS {
            let (ask, problems) = (&ask, &problems);
            scope.spawn(move || {
                let mut client = program.client();
                let mut get = |path: &str| {
                    let answer = client.get(path);
                    (answer.status == 200).then(|| answer.json())
                };
                for (index, id) in ids.iter().enumerate().skip(reader).step_by(READERS) {
                    if let Some(problem) = ask(&mut get, index, id) {
                        problems.lock().expect("nobody panics with it").push(problem);
                    }
                }
            });
        }
    });
    problems.into_inner().expect("nobody panics with it")
}

fn expect(problems: &mut Vec<String>, what: &str, found: u64, wanted: u64) {
    if found != wanted {
        problems.push(format!("{what}: {found} instead of {wanted}"));
    }
}
