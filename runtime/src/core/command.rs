//! What the core is asked to do, and what it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::lane::Position;
use crate::record::Envelope;
use crate::stats::Stats;
use crate::step::fail::Fault;

/// A message that a handler has: its queue and where it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Lease {
    pub(crate) queue: usize,
    pub(crate) position: Position,
}

/// A handler that is to run now that its start is on disk.
#[derive(Debug, Clone)]
pub(crate) struct Started {
    pub(crate) lease: Lease,
    pub(crate) handler: usize,
    pub(crate) attempt: u32,
    pub(crate) envelope: Arc<Envelope>,
}

/// A request to the core.
#[derive(Debug)]
pub(crate) enum Command {
    /// An activation is over and wants to commit.
    Finish(Box<Unit>),
    /// An attempt did not succeed.
    Fail { lease: Lease, fault: Fault },
    /// The input was handled before, so its handler did not run.
    Handled { lease: Lease },
    /// These dead letters, by their keys, go back to their queues; answers how many did.
    Redrive {
        keys: Vec<Vec<u8>>,
        done: oneshot::Sender<u64>,
    },
    /// What has been counted.
    Count { done: oneshot::Sender<Stats> },
    /// Something may be due.
    Tick,
    /// No handler is started any more.
    Drain,
    /// Nothing comes after this.
    Stop,
}

/// Everything that one activation commits.
#[derive(Debug)]
pub(crate) struct Unit {
    /// Its input, unless that was a request.
    pub(crate) lease: Option<Lease>,
    /// The revision of each row that it read or wrote.
    pub(crate) reads: BTreeMap<Vec<u8>, u64>,
    /// The rows that it wrote.
    pub(crate) writes: BTreeMap<Vec<u8>, Option<Bytes>>,
    /// The messages that it sent.
    pub(crate) messages: Vec<Routed>,
    /// The declared key of its input.
    pub(crate) inbox: Option<Keep>,
    /// The answer to its request, under the client's key.
    pub(crate) answer: Option<Keep>,
    /// What is kept besides, and what was kept there until now.
    pub(crate) marks: Vec<(Keep, Option<Bytes>)>,
    pub(crate) done: oneshot::Sender<Outcome>,
}

impl Unit {
    /// A unit that does nothing yet.
    pub(crate) fn new(lease: Option<Lease>) -> (Self, oneshot::Receiver<Outcome>) {
        let (done, outcome) = oneshot::channel();
        let (reads, writes) = (BTreeMap::new(), BTreeMap::new());
        (
            Self {
                lease,
                reads,
                writes,
                messages: Vec::new(),
                inbox: None,
                answer: None,
                marks: Vec::new(),
                done,
            },
            outcome,
        )
    }
}

/// Something to be kept under a key for a while.
#[derive(Debug, Clone)]
pub(crate) struct Keep {
    pub(crate) key: Vec<u8>,
    /// In microseconds since 1970; `u64::MAX` for ever.
    pub(crate) until: u64,
    pub(crate) value: Bytes,
}

/// A message with the queues that it goes to.
#[derive(Debug, Clone)]
pub(crate) struct Routed {
    pub(crate) envelope: Arc<Envelope>,
    pub(crate) queues: Vec<usize>,
    /// How many routes did not let it pass.
    pub(crate) filtered: u32,
    /// From when it may be taken, in microseconds since 1970; 0 for at once.
    pub(crate) due: u64,
}

/// What became of a unit. No answer at all means that nobody knows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is on disk.
    Committed,
    /// Another activation was faster; nothing was written.
    Conflict,
    /// The request was answered before, like this; nothing was written.
    Answered(Vec<u8>),
    /// The input was handled before, with this reply; nothing else was written.
    Handled(Vec<u8>),
}
