//! Administers a store that no program has open.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use super::{Error, Request, Response, letters, rows, sagas};
use crate::core::next_sequence;
use crate::record::{self, Dead, Entry, Envelope};
use crate::stats::{Counters, QueueStats, Stats};
use crate::store::keys::{self, Key, Space};
use crate::store::{self, Batch, Read, Storage, file};
use crate::topology::OWN;

/// How many dead letters go back in one transaction.
const GROUP: usize = 256;

/// Answers a request from the store in a data directory that no program has open.
///
/// # Errors
/// When there is no store, when a program has it open, or when it cannot be read.
pub fn offline(data: impl AsRef<Path>, request: &Request) -> Result<Response, Error> {
    let storage = file::open_existing(data.as_ref())?;
    let snapshot = storage.snapshot()?;
    Ok(match request {
        Request::DeadLetters { queue } => letters::list(snapshot.as_ref(), queue.as_deref())?,
        Request::DeadLetter { id } => letters::find(snapshot.as_ref(), id)?,
        Request::Redrive { queue, ids, all } => match letters::selection(queue.as_deref(), ids, *all) {
            Ok(selection) => {
                let keys = letters::select(snapshot.as_ref(), &selection)?;
                Response::Redriven {
                    count: redrive(&storage, &keys)?,
                }
            }
            Err(refusal) => *refusal,
        },
        Request::Stats => Response::Stats {
            stats: stats(snapshot.as_ref())?,
        },
        Request::Sagas { standing } => sagas::list(snapshot.as_ref(), *standing)?,
        Request::Saga { name, key } => sagas::find(snapshot.as_ref(), name, key)?,
        Request::Send { .. } | Request::Tail | Request::ResumeSaga { .. } => Response::error(
            "the program does not run; start it, for only it knows its channels and sagas and has events",
        ),
    })
}

fn redrive(storage: &impl Storage, keys: &[Vec<u8>]) -> Result<u64, store::Error> {
    let mut count = 0;
    for group in keys.chunks(GROUP) {
        let snapshot = storage.snapshot()?;
        let first = next_sequence(snapshot.as_ref())?;
        let mut batch = Batch::default();
        for (key, sequence) in group.iter().zip(first..) {
            let Some(stored) = snapshot.get(key)? else {
                continue;
            };
            let (dead, envelope): (Dead, Envelope) = record::split(&stored)?;
            let entry = Key::new(Space::Entry)
                .name(&dead.queue)
                .number(0)
                .number(sequence)
                .bytes();
            batch.put(entry, record::join(&Entry::default(), &envelope));
            batch.delete(key.clone());
            count += 1;
        }
        batch.put(
            keys::meta("sequence"),
            (first + group.len() as u64).to_be_bytes().to_vec(),
        );
        storage.commit(&batch)?;
    }
    Ok(count)
}

fn stats(snapshot: &(impl Read + ?Sized)) -> Result<Stats, store::Error> {
    let mut queues = BTreeMap::<String, QueueStats>::new();
    for space in [Space::Entry, Space::Dead] {
        let (from, to) = Key::new(space).range();
        snapshot.scan(&from, &to, &mut |key, _| {
            let rest = key.get(2..).unwrap_or_default();
            if rest.starts_with(OWN.as_bytes()) {
                return ControlFlow::Continue(());
            }
            let (name, rest) = rest.split_at(rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len()));
            let queue = queues
                .entry(String::from_utf8_lossy(name).into_owned())
                .or_default();
            match space {
                Space::Dead => queue.dead += 1,
                _ if rest.starts_with(&[0; 9]) => queue.ready += 1,
                _ => queue.delayed += 1,
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(Stats {
        running: false,
        counters: Counters::default(),
        queues,
        tables: rows::count(snapshot)?,
        sagas: sagas::count(snapshot)?,
    })
}
