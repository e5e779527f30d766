//! The embedded engine under the seam: a snapshot of the store to read from, the committer to write through.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::{SemaphorePermit, oneshot};

use super::Engine;
use crate::Failure;
use crate::core::command::{Command, Keep, Lease, Outcome, Routed, Unit};
use crate::core::micros;
use crate::record::{Envelope, Kept, split_row};
use crate::seam::{self, KeepKey, KeepSpace, Reading, Refused, RowKey, Rows, Seam, StoredRow, Uncommitted};
use crate::store::keys::{self, Key, Space};
use crate::store::{Snapshot, Storage};
use crate::trace::Event;

impl Seam for Engine {
    type Lease = Option<Lease>;
    type Permit<'a> = SemaphorePermit<'a>;

    async fn admit(&self, handler: usize) -> Result<SemaphorePermit<'_>, Refused> {
        if self.is_full() {
            return Err(Refused::Full);
        }
        let gate = self.gates.get(handler).ok_or(Refused::Stopped)?;
        gate.acquire().await.map_err(|_| Refused::Stopped)
    }

    fn rows(&self) -> Arc<dyn Rows> {
        Arc::new(View {
            storage: Arc::clone(&self.storage),
            snapshot: Mutex::new(None),
        })
    }

    async fn kept(&self, key: &KeepKey) -> Result<Option<Bytes>, Failure> {
        let stored = self.storage.snapshot()?.get(&keep_key(key))?;
        let kept = stored.as_deref().map(Kept::read).transpose()?;
        Ok(kept
            .filter(|kept| kept.holds(micros(self.site.clock.now())))
            .map(|kept| Bytes::copy_from_slice(kept.value)))
    }

    async fn commit(&self, lease: &Option<Lease>, unit: seam::Unit) -> Result<seam::Outcome, Uncommitted> {
        let (mut own, outcome) = Unit::new(*lease);
        for message in &unit.messages {
            let routed = self.route(message.envelope(&unit.origin), &message.parsed)?;
            own.messages.push(Routed {
                due: message.due.map_or(0, micros),
                ..routed
            });
        }
        let stored = |row: &RowKey| keys::row(&row.table, &row.key);
        own.reads = unit
            .reads
            .iter()
            .map(|(row, revision)| (stored(row), *revision))
            .collect();
        own.writes = unit
            .writes
            .into_iter()
            .map(|(row, json)| (stored(&row), json))
            .collect();
        own.inbox = unit.inbox.map(keep);
        own.answer = unit.answer.map(keep);
        own.marks = unit
            .marks
            .into_iter()
            .map(|mark| (keep(mark.keep), mark.was))
            .collect();
        Ok(match self.finish(own, outcome).await? {
            Outcome::Committed => seam::Outcome::Committed,
            Outcome::Conflict => seam::Outcome::Conflict,
            Outcome::Answered(stored) => seam::Outcome::Answered(stored.into()),
            Outcome::Handled(reply) => seam::Outcome::Handled(reply.into()),
        })
    }

    async fn handled(&self, lease: &Option<Lease>) -> Result<(), Refused> {
        match *lease {
            Some(lease) => self.send(Command::Handled { lease }).await,
            None => Ok(()),
        }
    }

    fn heard(&self) -> bool {
        self.tracer.heard()
    }

    fn tell(&self, event: Event) {
        self.tracer.tell(event);
    }
}

impl Engine {
    /// Commits a unit; a request is refused when the committer cannot keep up, a delivery waits.
    pub(crate) async fn finish(
        &self,
        unit: Unit,
        outcome: oneshot::Receiver<Outcome>,
    ) -> Result<Outcome, Refused> {
        let request = unit.lease.is_none();
        #[cfg(feature = "simulate")]
        let (unit, sent) = self.witnessed(unit);
        let command = Command::Finish(Box::new(unit));
        if request {
            self.commands.try_send(command).map_err(|error| match error {
                tokio::sync::mpsc::error::TrySendError::Full(_) => Refused::Full,
                tokio::sync::mpsc::error::TrySendError::Closed(_) => Refused::Stopped,
            })?;
        } else {
            self.send(command).await?;
        }
        let outcome = outcome.await.map_err(|_| Refused::Unknown)?;
        #[cfg(feature = "simulate")]
        if let (Outcome::Committed, Some(witness)) = (&outcome, &self.witness) {
            witness.note(sent);
        }
        Ok(outcome)
    }

    /// What is sent in a scenario, with copies where it is to come more than once.
    #[cfg(feature = "simulate")]
    fn witnessed(&self, mut unit: Unit) -> (Unit, Vec<crate::scenario::Sent>) {
        let Some(witness) = &self.witness else {
            return (unit, Vec::new());
        };
        let queues = &self.site.topology.queues;
        let sent = unit
            .messages
            .iter_mut()
            .map(|message| witness.see(message, queues));
        let sent = sent.collect();
        (unit, sent)
    }

    /// Finds out where a message goes; `body` is its body, parsed.
    pub(crate) fn route(&self, envelope: Envelope, body: &Value) -> Result<Routed, Failure> {
        let fan = self
            .routing
            .fan(&envelope.channel, body)
            .ok_or_else(|| Failure::new(format!("there is no channel {}", envelope.channel)))?;
        Ok(Routed {
            envelope: Arc::new(envelope),
            queues: fan.queues,
            filtered: fan.filtered,
            due: 0,
        })
    }
}

/// Rows of one moment: that of the first read.
struct View {
    storage: Arc<dyn Storage>,
    snapshot: Mutex<Option<Snapshot>>,
}

impl View {
    fn read(&self, row: &RowKey) -> Result<Option<Vec<u8>>, Failure> {
        let mut slot = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = match &mut *slot {
            Some(snapshot) => snapshot,
            empty => empty.insert(self.storage.snapshot()?),
        };
        Ok(snapshot.get(&keys::row(&row.table, &row.key))?)
    }
}

impl fmt::Debug for View {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("View")
            .field("storage", &self.storage)
            .finish_non_exhaustive()
    }
}

impl Rows for View {
    fn get<'a>(&'a self, row: &'a RowKey) -> Reading<'a> {
        Box::pin(async move {
            let Some(mut stored) = self.read(row)? else {
                return Ok(None);
            };
            let (revision, json) = split_row(&stored)?;
            let head = stored.len() - json.len();
            let json = Bytes::from(stored.split_off(head));
            Ok(Some(StoredRow { revision, json }))
        })
    }

    fn revision(&self, row: &RowKey) -> Result<Option<u64>, Failure> {
        let stored = self.read(row)?;
        let split = stored.as_deref().map(split_row).transpose()?;
        Ok(Some(split.map_or(0, |(revision, _)| revision)))
    }
}

fn keep(keep: seam::Keep) -> Keep {
    Keep {
        key: keep_key(&keep.key),
        until: keep.until,
        value: keep.value,
    }
}

fn keep_key(key: &KeepKey) -> Vec<u8> {
    let space = match key.space {
        KeepSpace::Inbox => Space::Inbox,
        KeepSpace::Answer => Space::Answer,
        KeepSpace::Undoing => Space::Undoing,
    };
    Key::new(space).name(&key.scope).rest(&key.key).bytes()
}
