//! One turn of the core: what it reads, what it is about to write, and what is said once that is on disk.

use std::cell::OnceCell;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::command::{Outcome, Started};
use crate::stats::Stats;
use crate::store::{Batch, Error, Snapshot, Storage};
use crate::trace::Event;

pub(crate) struct Turn<'a> {
    storage: &'a dyn Storage,
    snapshot: OnceCell<Snapshot>,
    pub(crate) now: Timestamp,
    /// `now` in microseconds since 1970.
    pub(crate) micros: u64,
    pub(crate) batch: Batch,
    pub(crate) outcomes: Vec<(oneshot::Sender<Outcome>, Outcome)>,
    pub(crate) redriven: Vec<(oneshot::Sender<u64>, u64)>,
    pub(crate) counts: Vec<oneshot::Sender<Stats>>,
    pub(crate) started: Vec<Started>,
    /// Whether anybody listens to events.
    pub(crate) heard: bool,
    pub(crate) events: Vec<Event>,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(storage: &'a dyn Storage, now: Timestamp, heard: bool) -> Self {
        Self {
            storage,
            snapshot: OnceCell::new(),
            now,
            micros: micros(now),
            batch: Batch::default(),
            outcomes: Vec::new(),
            redriven: Vec::new(),
            counts: Vec::new(),
            started: Vec::new(),
            heard,
            events: Vec::new(),
        }
    }

    /// A value as it will be after this turn.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        match self.batch.change(key) {
            Some(change) => Ok(change.map(<[u8]>::to_vec)),
            None => self.snapshot()?.get(key),
        }
    }

    /// The store as it was before this turn.
    pub(crate) fn snapshot(&self) -> Result<&Snapshot, Error> {
        if let Some(snapshot) = self.snapshot.get() {
            return Ok(snapshot);
        }
        let snapshot = self.storage.snapshot()?;
        Ok(self.snapshot.get_or_init(|| snapshot))
    }
}

/// Microseconds since 1970, and 1 for anything before.
pub(crate) fn micros(time: Timestamp) -> u64 {
    u64::try_from(time.as_microsecond()).unwrap_or_default().max(1)
}
