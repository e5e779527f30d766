//! Opening a core over a store, and reading more of it when a window runs dry.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
#[cfg(any(test, feature = "fault"))]
use std::time::Duration;

use tokio::sync::mpsc;

use super::command::Started;
use super::lane::{Position, Waiting};
use super::queue::Queue;
use super::turn::Turn;
use super::{Core, Sequence};
use crate::clock::{Backoff, Clock};
use crate::record;
use crate::stats::Counters;
use crate::store::keys::{self, Key, Space};
use crate::store::{Error, Read, Storage};
use crate::topology::Topology;
use crate::trace::Tracer;

/// How many numbers are reserved at a time.
pub(super) const BLOCK: u64 = 1 << 20;

impl Core {
    /// Reads what waits in the queues. Leases of an earlier run are void: what it had in flight waits again.
    pub(crate) fn open(
        storage: Arc<dyn Storage>,
        topology: &Topology,
        clock: Arc<dyn Clock>,
        backoff: Backoff,
        tracer: Tracer,
        starts: mpsc::Sender<Started>,
    ) -> Result<Self, Error> {
        let snapshot = storage.snapshot()?;
        let mut queues: Vec<_> = topology
            .queues
            .iter()
            .map(|queue| Queue::new(queue, topology))
            .collect();
        for queue in &mut queues {
            count(queue, snapshot.as_ref())?;
            hold(queue, snapshot.as_ref())?;
        }
        for name in undeclared(snapshot.as_ref(), &queues)? {
            tracing::warn!(
                queue = name,
                "the store holds messages of a queue that is no longer declared; declare it again to have them handled"
            );
        }
        let next = next_sequence(snapshot.as_ref())?;
        Ok(Self {
            storage,
            clock,
            backoff,
            tracer,
            starts,
            queues,
            handlers: topology
                .handlers
                .iter()
                .map(|handler| handler.name.clone())
                .collect(),
            flight: HashMap::new(),
            sequence: Sequence { next, reserved: next },
            counters: Counters::default(),
            unswept: false,
            draining: false,
            early: None,
        })
    }

    /// Answers this long before the commit from now on: a fault on purpose, which tests of durability must see.
    #[cfg(any(test, feature = "fault"))]
    pub(crate) fn acknowledging_early(self, by: Duration) -> Self {
        Self {
            early: Some(by),
            ..self
        }
    }

    /// Fills the windows that have run dry from disk.
    pub(super) fn refill(&mut self, turn: &Turn<'_>) -> Result<(), Error> {
        for queue in &mut self.queues {
            let (name, groups) = (queue.name.clone(), queue.groups.clone());
            for lane in [&mut queue.ready, &mut queue.delayed] {
                let Some((from, to)) = lane.gap() else { continue };
                let key = |position: Position| {
                    Key::new(Space::Entry)
                        .name(&name)
                        .number(position.due)
                        .number(position.sequence)
                        .bytes()
                };
                let (mut more, mut damaged) = (true, None);
                turn.snapshot()?.scan(&key(from), &key(to), &mut |key, value| {
                    match read(key, value) {
                        Ok((position, mut waiting)) => {
                            waiting.group = groups.of(&waiting.envelope);
                            more = lane.fill(position, waiting);
                        }
                        Err(error) => damaged = Some(error),
                    }
                    if more && damaged.is_none() {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    }
                })?;
                if let Some(error) = damaged {
                    return Err(error);
                }
                if more {
                    lane.complete();
                }
            }
        }
        Ok(())
    }
}

/// The first number that no earlier run has given.
pub(crate) fn next_sequence(snapshot: &(impl Read + ?Sized)) -> Result<u64, Error> {
    match snapshot.get(&keys::meta("sequence"))? {
        Some(stored) => stored
            .as_slice()
            .try_into()
            .map(u64::from_be_bytes)
            .map_err(|_| Error::Damaged {
                what: "sequence number",
                detail: "it is not 8 bytes long".to_owned(),
            }),
        None => Ok(1),
    }
}

/// Counts what a queue holds without reading the messages.
fn count(queue: &mut Queue, snapshot: &(impl Read + ?Sized)) -> Result<(), Error> {
    let (from, to) = Key::new(Space::Entry).name(&queue.name).range();
    let split = Key::new(Space::Entry).name(&queue.name).number(1).bytes();
    snapshot.scan(&from, &to, &mut |key, _| {
        let lane = if key < split.as_slice() {
            &mut queue.ready
        } else {
            &mut queue.delayed
        };
        lane.length += 1;
        ControlFlow::Continue(())
    })?;
    for lane in [&mut queue.ready, &mut queue.delayed] {
        if lane.length == 0 {
            lane.complete();
        }
    }
    let (from, to) = Key::new(Space::Dead).name(&queue.name).range();
    snapshot.scan(&from, &to, &mut |_, _| {
        queue.dead += 1;
        ControlFlow::Continue(())
    })
}

/// Groups whose first message waits for another attempt: the others wait for it, also after a restart.
fn hold(queue: &mut Queue, snapshot: &(impl Read + ?Sized)) -> Result<(), Error> {
    if !queue.groups.is_ordered() {
        return Ok(());
    }
    let (_, to) = Key::new(Space::Entry).name(&queue.name).range();
    let from = Key::new(Space::Entry).name(&queue.name).number(1).bytes();
    let mut damaged = None;
    snapshot.scan(&from, &to, &mut |key, value| match read(key, value) {
        Ok((_, waiting)) => {
            queue.hold(&waiting.envelope);
            ControlFlow::Continue(())
        }
        Err(error) => {
            damaged = Some(error);
            ControlFlow::Break(())
        }
    })?;
    damaged.map_or(Ok(()), Err)
}

/// A stored message and where it stands.
fn read(key: &[u8], value: &[u8]) -> Result<(Position, Waiting), Error> {
    let damaged = || Error::Damaged {
        what: "message",
        detail: "its key is too short".to_owned(),
    };
    let (rest, sequence) = key.split_last_chunk::<8>().ok_or_else(damaged)?;
    let (_, due) = rest.split_last_chunk::<8>().ok_or_else(damaged)?;
    let position = Position {
        due: u64::from_be_bytes(*due),
        sequence: u64::from_be_bytes(*sequence),
    };
    let (entry, envelope) = record::split(value)?;
    Ok((
        position,
        Waiting {
            entry,
            envelope: Arc::new(envelope),
            group: None,
        },
    ))
}

/// Queues that the store knows and the topology doesn't: one look for each name, however many messages it has.
fn undeclared(snapshot: &(impl Read + ?Sized), queues: &[Queue]) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for space in [Space::Entry, Space::Dead] {
        let (mut from, to) = Key::new(space).range();
        loop {
            let mut found = None;
            snapshot.scan(&from, &to, &mut |key, _| {
                // After the space and the version comes the name, closed by a zero.
                let rest = key.get(2..).unwrap_or_default();
                let name = rest.split(|byte| *byte == 0).next().unwrap_or_default();
                found = Some(String::from_utf8_lossy(name).into_owned());
                ControlFlow::Break(())
            })?;
            let Some(name) = found else { break };
            (_, from) = Key::new(space).name(&name).range();
            if queues.iter().all(|queue| queue.name != name) && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok(names)
}
