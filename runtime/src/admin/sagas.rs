//! Finds runs of sagas in a snapshot, for a running program and for a store at rest alike.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use aqueduct_saga::{Kind, Log, Standing};

use super::{LISTED, Response, SagaRun};
use crate::record::split_row;
use crate::stats::SagaStats;
use crate::store::keys::{self, Key, Space};
use crate::store::{Error, Read};
use crate::topology::OWN;

/// The runs that stand so, or all.
pub(super) fn list(snapshot: &(impl Read + ?Sized), standing: Option<Standing>) -> Result<Response, Error> {
    let (mut sagas, mut total) = (Vec::new(), 0);
    visit(snapshot, &mut |log| {
        let stands = log.standing();
        if standing.is_none_or(|wanted| wanted == stands) {
            total += 1;
            sagas.push(run(log, stands));
        }
    })?;
    if sagas.len() > LISTED {
        // What has just begun is what somebody looks for in a list that can't be whole.
        sagas.sort_by_key(|run: &SagaRun| Reverse(run.started));
        sagas.truncate(LISTED);
    } else {
        sagas.sort_by(|one, other| (&one.name, one.started).cmp(&(&other.name, other.started)));
    }
    Ok(Response::Sagas { sagas, total })
}

/// One with its log.
pub(super) fn find(snapshot: &(impl Read + ?Sized), name: &str, key: &str) -> Result<Response, Error> {
    let mut found = Vec::new();
    for table in tables(snapshot)? {
        if is_called(table.strip_prefix(OWN).unwrap_or_default(), name)
            && let Some(stored) = snapshot.get(&keys::row(&table, key))?
        {
            found.push(log(&stored)?);
        }
    }
    Ok(match (found.pop(), found.pop()) {
        (Some(log), None) => Response::Saga { log: Box::new(log) },
        (Some(one), Some(other)) => Response::error(format!(
            "two services have a saga {name} with a run {key}; ask for {} or {}",
            other.saga, one.saga
        )),
        (None, _) => Response::error(format!(
            "saga {name} has no run {key}; `aqueduct sagas` lists which there are"
        )),
    })
}

/// How many there are of each saga.
pub(super) fn count(snapshot: &(impl Read + ?Sized)) -> Result<BTreeMap<String, SagaStats>, Error> {
    let mut counts = BTreeMap::<String, SagaStats>::new();
    visit(snapshot, &mut |log| {
        let standing = log.standing();
        let count = counts.entry(log.saga).or_default();
        match standing {
            Standing::Running => count.running += 1,
            Standing::Stuck => count.stuck += 1,
            Standing::Done => count.done += 1,
            Standing::Failed => count.failed += 1,
        }
    })?;
    Ok(counts)
}

/// Whether a saga is meant by a name, with its service or without.
fn is_called(saga: &str, name: &str) -> bool {
    saga == name || saga.rsplit_once('.').is_some_and(|(_, short)| short == name)
}

/// The tables of sagas that have runs: goes from one to the next, without a look at the runs between.
fn tables(snapshot: &(impl Read + ?Sized)) -> Result<Vec<String>, Error> {
    let (mut from, to) = Key::new(Space::Row).rest(OWN.as_bytes()).range();
    let mut tables = Vec::new();
    loop {
        let mut next = None;
        snapshot.scan(&from, &to, &mut |key, _| {
            next = keys::name_of(key).map(str::to_owned);
            ControlFlow::Break(())
        })?;
        let Some(table) = next else { return Ok(tables) };
        (_, from) = Key::new(Space::Row).name(&table).range();
        tables.push(table);
    }
}

/// Shows every run there is.
pub(crate) fn visit(snapshot: &(impl Read + ?Sized), see: &mut dyn FnMut(Log)) -> Result<(), Error> {
    let (from, to) = Key::new(Space::Row).rest(OWN.as_bytes()).range();
    let mut damaged = None;
    snapshot.scan(&from, &to, &mut |_, stored| match log(stored) {
        Ok(log) => {
            see(log);
            ControlFlow::Continue(())
        }
        Err(error) => {
            damaged = Some(error);
            ControlFlow::Break(())
        }
    })?;
    damaged.map_or(Ok(()), Err)
}

/// A run as it is kept.
fn log(stored: &[u8]) -> Result<Log, Error> {
    let (_, json) = split_row(stored)?;
    serde_json::from_slice(json).map_err(|error| Error::Damaged {
        what: "run of a saga",
        detail: error.to_string(),
    })
}

fn run(log: Log, standing: Standing) -> SagaRun {
    let named = |kind: Kind, step: &str| match kind {
        Kind::Undo => format!("undo of {step}"),
        Kind::Forward | Kind::Finish | Kind::Timer => step.to_owned(),
    };
    let at = match standing {
        Standing::Running => {
            let open = log.under_way().into_iter();
            open.map(|(kind, step)| named(kind, step)).collect()
        }
        Standing::Stuck => {
            let stuck = log.stuck().into_iter();
            stuck.map(|(kind, step, _)| named(kind, step)).collect()
        }
        Standing::Done | Standing::Failed => Vec::new(),
    };
    SagaRun {
        standing,
        started: log.started,
        touched: log.touched(),
        at,
        error: log.error().map(|error| error.name.clone()),
        name: log.saga,
        key: log.key,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use serde_json::Value;

    use super::*;
    use crate::record::join_row;
    use crate::store::memory::Memory;
    use crate::store::{Batch, Snapshot, Storage, keys};
    use crate::topology::own_name;

    const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

    /// A store with these runs, and one that nobody can read.
    fn snapshot(runs: impl IntoIterator<Item = Log>, damaged: Option<&str>) -> Snapshot {
        let (storage, mut batch) = (Memory::default(), Batch::default());
        for log in runs {
            let json = serde_json::to_vec(&log).unwrap();
            batch.put(keys::row(&own_name(&log.saga), &log.key), join_row(1, &json));
        }
        if let Some(key) = damaged {
            batch.put(keys::row(&own_name("Rides.Saga"), key), join_row(1, b"?"));
        }
        storage.commit(&batch).unwrap();
        storage.snapshot().unwrap()
    }

    fn run_of(saga: &str, number: i64) -> Log {
        let started = START + SignedDuration::from_secs(number);
        Log::new(saga, &format!("r{number}"), Value::Null, "c", started)
    }

    #[test]
    fn a_list_that_has_to_be_cut_shows_the_newest() {
        let last = i64::try_from(LISTED).unwrap();
        let snapshot = snapshot((0..=last).map(|number| run_of("Rides.Saga", number)), None);
        let Response::Sagas { sagas, total } = list(snapshot.as_ref(), None).unwrap() else {
            panic!("a list");
        };
        assert_eq!((sagas.len(), total), (LISTED, LISTED as u64 + 1));
        assert_eq!(sagas[0].key, format!("r{last}"));
        assert!(sagas.iter().all(|run| run.key != "r0"));
    }

    #[test]
    fn one_is_found_by_its_key_whatever_the_others_are() {
        let runs = [("A.Other", 1), ("Rides.Saga", 1), ("Walks.Saga", 2)];
        let runs = runs.map(|(saga, number)| run_of(saga, number));
        let snapshot = snapshot(runs, Some("r0"));
        let ask = |name: &str, key: &str| find(snapshot.as_ref(), name, key).unwrap();
        for name in ["Rides.Saga", "Saga"] {
            assert!(matches!(ask(name, "r1"), Response::Saga { log } if log.saga == "Rides.Saga"));
        }
        assert!(matches!(ask("Saga", "r2"), Response::Saga { log } if log.saga == "Walks.Saga"));
        assert!(matches!(ask("Saga", "r3"), Response::Error { .. }));
    }
}
