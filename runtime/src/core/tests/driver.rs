//! A system of three queues, the last of which keeps an order, and a core over any store, driven by hand.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::clock::{Backoff, ManualClock};
use crate::core::Core;
use crate::core::command::{Command, Lease, Outcome, Routed, Started, Unit};
use crate::record::{Birth, Envelope};
use crate::store::{Error, Storage, keys};
use crate::topology::{HandlerSpec, Queue, Topology};
use crate::trace::Tracer;

pub(super) const QUEUES: [&str; 3] = ["a", "b", "c"];

/// The queue that keeps an order among the messages of a group.
pub(super) const ORDERED: usize = 2;

/// How many groups there are.
const GROUPS: u64 = 3;

/// How often a handler is started for a message.
pub(super) const ALLOWED: u32 = 3;

pub(super) struct Driver {
    pub(super) core: Core,
    pub(super) started: mpsc::Receiver<Started>,
    pub(super) pending: Vec<Command>,
    queues: usize,
}

impl Driver {
    pub(super) fn open(
        storage: Arc<dyn Storage>,
        clock: Arc<ManualClock>,
        concurrency: u32,
        seed: u64,
    ) -> Result<Self, Error> {
        let mut topology = Topology::new("Test");
        for queue in QUEUES {
            topology = topology
                .queue(match queue == QUEUES[ORDERED] {
                    true => Queue::new(queue).dead_letter_after(ALLOWED).fifo_by(["in.group"]),
                    false => Queue::new(queue).dead_letter_after(ALLOWED),
                })
                .handler(
                    HandlerSpec::new(&format!("S.{queue}"))
                        .on(queue)
                        .concurrency(concurrency),
                );
        }
        Self::of(&topology, storage, clock, seed)
    }

    pub(super) fn of(
        topology: &Topology,
        storage: Arc<dyn Storage>,
        clock: Arc<ManualClock>,
        seed: u64,
    ) -> Result<Self, Error> {
        let (starts, started) = mpsc::channel(64);
        let backoff = Backoff::new(Duration::from_millis(10), Duration::from_millis(40), seed);
        let core = Core::open(storage, topology, clock, backoff, Tracer::new(), starts)?;
        Ok(Self {
            core,
            started,
            pending: Vec::new(),
            queues: topology.queues.len(),
        })
    }

    /// One turn with everything that is pending.
    pub(super) fn turn(&mut self) -> Result<(), Error> {
        self.core.turn(&mut self.pending)?;
        while self.core.wake() == Some(0) {
            self.core.turn(&mut self.pending)?;
        }
        Ok(())
    }

    /// A request that stores a row and sends a message to every queue.
    pub(super) fn post(&mut self, id: u64) -> oneshot::Receiver<Outcome> {
        let (mut unit, outcome) = Unit::new(None);
        unit.reads.insert(posted(id), 0);
        unit.writes.insert(posted(id), Some(Bytes::from_static(b"1")));
        unit.messages.push(Routed {
            envelope: Arc::new(envelope(id)),
            queues: (0..self.queues).collect(),
            filtered: 0,
            due: 0,
        });
        self.pending.push(Command::Finish(Box::new(unit)));
        outcome
    }

    /// A handler has finished and written its one row, which must not be there yet.
    pub(super) fn finish(&mut self, lease: Lease, id: u64) -> oneshot::Receiver<Outcome> {
        let (mut unit, outcome) = Unit::new(Some(lease));
        unit.reads.insert(effect(lease.queue, id), 0);
        unit.writes
            .insert(effect(lease.queue, id), Some(Bytes::from_static(b"1")));
        self.pending.push(Command::Finish(Box::new(unit)));
        outcome
    }
}

/// Where the row of a post is.
pub(super) fn posted(id: u64) -> Vec<u8> {
    keys::row("posted", &id.to_string())
}

/// Where the row of a handled message is.
pub(super) fn effect(queue: usize, id: u64) -> Vec<u8> {
    keys::row("effect", &format!("{queue}/{id}"))
}

/// The group of a message.
pub(super) fn group(id: u64) -> u64 {
    id % GROUPS
}

fn envelope(id: u64) -> Envelope {
    Envelope::new(Birth {
        id: id.to_string(),
        kind: "Test",
        time: Timestamp::UNIX_EPOCH,
        channel: "t",
        correlation: "c",
        causation: None,
        body: format!(r#"{{"in":{{"group":{}}}}}"#, group(id)).as_bytes(),
    })
}
