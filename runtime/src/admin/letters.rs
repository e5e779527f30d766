//! Finds dead letters in a snapshot, for a running program and for a store at rest alike.

use std::ops::ControlFlow;

use serde_json::Value;

use super::{DeadLetter, LISTED, Response};
use crate::record::{self, Dead, Entry, Envelope};
use crate::step::redrive::{Selection, names};
use crate::store::keys::{self, Key, Space};
use crate::store::{Error, Read};

/// The dead letters of one queue or of all: first those that nobody takes, then those that wait in a queue for them.
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
    visit_moved(snapshot, &mut |waits_in, dead, envelope| {
        if queue.is_none_or(|queue| queue == dead.queue || queue == waits_in) {
            total += 1;
            if dead_letters.len() < LISTED {
                dead_letters.push(moved(waits_in, dead, envelope, None));
            }
        }
    })?;
    Ok(Response::DeadLetters { dead_letters, total })
}

/// One with its body.
pub(super) fn find(snapshot: &(impl Read + ?Sized), id: &str) -> Result<Response, Error> {
    let mut found = Vec::new();
    let body = |envelope: &Envelope| serde_json::from_slice::<Value>(envelope.body()).unwrap_or(Value::Null);
    visit(snapshot, None, &mut |_, dead, envelope| {
        if names(id, &dead.queue, &envelope.id) {
            let body = body(&envelope);
            found.push(letter(dead, envelope, Some(body)));
        }
        ControlFlow::Continue(())
    })?;
    visit_moved(snapshot, &mut |waits_in, dead, envelope| {
        if names(id, &dead.queue, &envelope.id) {
            let body = body(&envelope);
            found.push(moved(waits_in, dead, envelope, Some(body)));
        }
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

/// Visits the messages that died and were moved to a queue for dead letters.
fn visit_moved(
    snapshot: &(impl Read + ?Sized),
    visit: &mut dyn FnMut(&str, Dead, Envelope),
) -> Result<(), Error> {
    let (from, to) = Key::new(Space::Entry).range();
    let mut damaged = None;
    snapshot.scan(&from, &to, &mut |key, value| {
        // Most messages have never died: reading them all would take long.
        if !record::mentions_origin(value) {
            return ControlFlow::Continue(());
        }
        match record::split::<Entry>(value) {
            Ok((entry, envelope)) => {
                if let (Some(dead), Some(queue)) = (entry.origin, keys::name_of(key)) {
                    visit(queue, *dead, envelope);
                }
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

fn moved(waits_in: &str, dead: Dead, envelope: Envelope, body: Option<Value>) -> DeadLetter {
    DeadLetter {
        waits_in: Some(waits_in.to_owned()),
        ..letter(dead, envelope, body)
    }
}

fn letter(dead: Dead, envelope: Envelope, body: Option<Value>) -> DeadLetter {
    DeadLetter {
        id: envelope.id,
        queue: dead.queue,
        waits_in: None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Birth;
    use crate::store::memory::Memory;
    use crate::store::{Batch, Storage};

    fn envelope(id: &str) -> Envelope {
        Envelope::new(Birth {
            id: id.to_owned(),
            kind: "OrderPlaced",
            time: jiff::Timestamp::UNIX_EPOCH,
            channel: "orders",
            correlation: "c",
            causation: None,
            body: br#"{"origin": "Berlin"}"#,
        })
    }

    fn dead(queue: &str) -> Dead {
        Dead {
            queue: queue.to_owned(),
            reason: "it failed".to_owned(),
            time: jiff::Timestamp::UNIX_EPOCH,
            attempts: 5,
            history: Vec::new(),
        }
    }

    #[test]
    fn what_waits_in_a_queue_for_dead_letters_is_listed_with_its_first_death() {
        let entry = |queue: &str, number| {
            Key::new(Space::Entry)
                .name(queue)
                .number(0)
                .number(number)
                .bytes()
        };
        let mut batch = Batch::default();
        batch.put(
            entry("billing", 1),
            record::join(&Entry::default(), &envelope("alive")),
        );
        let moved = Entry {
            origin: Some(Box::new(dead("billing"))),
            ..Entry::default()
        };
        batch.put(entry("by_hand", 2), record::join(&moved, &envelope("moved")));
        let key = Key::new(Space::Dead).name("packing").number(3).bytes();
        batch.put(key, record::join(&dead("packing"), &envelope("dead")));
        let storage = Memory::default();
        storage.commit(&batch).unwrap();
        let snapshot = storage.snapshot().unwrap();

        let listed = |queue: Option<&str>| match list(snapshot.as_ref(), queue).unwrap() {
            Response::DeadLetters { dead_letters, total } => {
                assert_eq!(dead_letters.len() as u64, total);
                let letters = dead_letters.into_iter();
                letters
                    .map(|letter| (letter.id, letter.queue, letter.waits_in))
                    .collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        let dead = ("dead".to_owned(), "packing".to_owned(), None);
        let moved = (
            "moved".to_owned(),
            "billing".to_owned(),
            Some("by_hand".to_owned()),
        );
        assert_eq!(listed(None), [dead.clone(), moved.clone()]);
        assert_eq!(listed(Some("packing")), [dead]);
        assert_eq!(listed(Some("billing")), std::slice::from_ref(&moved));
        assert_eq!(listed(Some("by_hand")), [moved]);

        let Response::DeadLetter { dead_letter } = find(snapshot.as_ref(), "moved").unwrap() else {
            panic!("it is there");
        };
        assert_eq!(
            (dead_letter.starts, dead_letter.reason.as_str()),
            (5, "it failed")
        );
        assert!(dead_letter.body.is_some());
        assert!(matches!(
            find(snapshot.as_ref(), "alive").unwrap(),
            Response::Error { .. }
        ));
        let all = Selection::default();
        assert_eq!(
            select(snapshot.as_ref(), &all).unwrap().len(),
            1,
            "redrive leaves it there"
        );
    }
}
