//! Finds runs of sagas in a snapshot, for a running program and for a store at rest alike.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use aqueduct_saga::{Kind, Log, Standing};

use super::{LISTED, Response, SagaRun};
use crate::record::split_row;
use crate::stats::SagaStats;
use crate::store::keys::{Key, Space};
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
    sagas.sort_by(|one: &SagaRun, other| (&one.name, one.started).cmp(&(&other.name, other.started)));
    sagas.truncate(LISTED);
    Ok(Response::Sagas { sagas, total })
}

/// One with its log.
pub(super) fn find(snapshot: &(impl Read + ?Sized), name: &str, key: &str) -> Result<Response, Error> {
    let mut found = Vec::new();
    visit(snapshot, &mut |log| {
        if log.key == key && is_called(&log.saga, name) {
            found.push(log);
        }
    })?;
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

/// Shows every run there is.
pub(crate) fn visit(snapshot: &(impl Read + ?Sized), see: &mut dyn FnMut(Log)) -> Result<(), Error> {
    let (from, to) = Key::new(Space::Row).rest(OWN.as_bytes()).range();
    let mut damaged = None;
    snapshot.scan(&from, &to, &mut |_, stored| {
        let log = split_row(stored).and_then(|(_, json)| {
            serde_json::from_slice(json).map_err(|error| Error::Damaged {
                what: "run of a saga",
                detail: error.to_string(),
            })
        });
        match log {
            Ok(log) => {
                see(log);
                ControlFlow::Continue(())
            }
            Err(error) => {
                damaged = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    damaged.map_or(Ok(()), Err)
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
