//! Finds dead letters in a snapshot, for a running program and for a store at rest alike.

use std::ops::ControlFlow;

use serde_json::Value;

use super::{DeadLetter, LISTED, Response};
use crate::record::{self, Dead, Envelope};
use crate::step::redrive::{Selection, names};
use crate::store::keys::{Key, Space};
use crate::store::{Error, Read};

/// The dead letters of one queue or of all.
pub(super) fn list(snapshot: &(impl Read + ?Sized), queue: Option<&str>) -> Result<Response, Error> {
    let (mut dead_letters, mut total) = (Vec::new(), 0);
    let selection = Selection {
        queue: queue.map(str::to_owned),
        ids: Vec::new(),
    };
    visit(snapshot, queue, &mut |_, dead, envelope| {
        if selection.takes(&dead.queue, &envelope.id) {
            total += 1;
            if dead_letters.len() < LISTED {
                dead_letters.push(letter(dead, envelope, None));
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(Response::DeadLetters { dead_letters, total })
}

/// One with its body.
pub(super) fn find(snapshot: &(impl Read + ?Sized), id: &str) -> Result<Response, Error> {
    let mut found = Vec::new();
    visit(snapshot, None, &mut |_, dead, envelope| {
        if names(id, &dead.queue, &envelope.id) {
            let body = serde_json::from_slice::<Value>(envelope.body()).unwrap_or(Value::Null);
            found.push(letter(dead, envelope, Some(body)));
        }
        ControlFlow::Continue(())
    })?;
    Ok(match (found.pop(), found.is_empty()) {
        (Some(dead_letter), true) => Response::DeadLetter {
            dead_letter: Box::new(dead_letter),
        },
        (Some(last), false) => {
            found.push(last);
            let places: Vec<_> = found
                .iter()
                .map(|letter| format!("{}/{}", letter.queue, letter.id))
                .collect();
            Response::error(format!(
                "several queues have this dead letter; ask for one of {}",
                places.join(", ")
            ))
        }
        (None, _) => Response::error(format!(
            "there is no dead letter {id}; list them to see which there are"
        )),
    })
}

/// The keys of those that are selected, oldest first in each queue.
pub(super) fn select(snapshot: &(impl Read + ?Sized), selection: &Selection) -> Result<Vec<Vec<u8>>, Error> {
    let mut keys = Vec::new();
    visit(
        snapshot,
        selection.queue.as_deref(),
        &mut |key, dead, envelope| {
            if selection.takes(&dead.queue, &envelope.id) {
                keys.push(key.to_vec());
            }
            ControlFlow::Continue(())
        },
    )?;
    Ok(keys)
}

/// What a redrive request selects; an error when it selects nothing in particular.
pub(super) fn selection(queue: Option<&str>, ids: &[String], all: bool) -> Result<Selection, Box<Response>> {
    if queue.is_none() && ids.is_empty() && !all {
        return Err(Box::new(Response::error(
            "say which dead letters: a queue, ids, or all",
        )));
    }
    Ok(Selection {
        queue: queue.map(str::to_owned),
        ids: ids.to_vec(),
    })
}

type Visit<'a> = dyn FnMut(&[u8], Dead, Envelope) -> ControlFlow<()> + 'a;

fn visit(snapshot: &(impl Read + ?Sized), queue: Option<&str>, visit: &mut Visit<'_>) -> Result<(), Error> {
    let space = Key::new(Space::Dead);
    let (from, to) = queue.map_or(space.clone(), |queue| space.name(queue)).range();
    let mut damaged = None;
    snapshot.scan(&from, &to, &mut |key, value| match record::split(value) {
        Ok((dead, envelope)) => visit(key, dead, envelope),
        Err(error) => {
            damaged = Some(error);
            ControlFlow::Break(())
        }
    })?;
    damaged.map_or(Ok(()), Err)
}

fn letter(dead: Dead, envelope: Envelope, body: Option<Value>) -> DeadLetter {
    DeadLetter {
        id: envelope.id,
        queue: dead.queue,
        reason: dead.reason,
        time: dead.time,
        starts: dead.attempts,
        attempts: dead.history,
        kind: envelope.kind,
        born: envelope.time,
        channel: envelope.channel,
        correlation_id: envelope.correlation,
        causation_id: envelope.causation,
        body,
    }
}
