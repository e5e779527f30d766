//! The seam between a program and what keeps its data: take an input, read rows, commit a unit of work.
//!
//! An engine implements [`Seam`]: the embedded one over its store, others over a cloud's tables and queues.
//! Everything above the seam is the same for all of them: activations, declared keys, conflicts, the HTTP edge.

mod activate;
mod guard;
mod once;
mod saga;
mod site;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::trace::Event;
use crate::{Body, Delivery, Failure, Reply};

pub use crate::record::{Birth, Envelope};
pub use guard::Trouble;
pub use site::Site;

/// Reads rows and commits units of work. What it answers is on disk.
pub trait Seam: Send + Sync {
    /// What it needs to know of an input to acknowledge it: a place in a queue; the default is that of a request.
    type Lease: Default + fmt::Debug + Send + Sync;

    /// Held while a request is worked on.
    type Permit<'a>: Send
    where
        Self: 'a;

    /// Lets a request in to a handler, or says why not.
    fn admit(&self, handler: usize) -> impl Future<Output = Result<Self::Permit<'_>, Refused>> + Send;

    /// A view of the rows for one run of a handler.
    fn rows(&self) -> Arc<dyn Rows>;

    /// What is kept under a key, if it still holds.
    fn kept(&self, key: &KeepKey) -> impl Future<Output = Result<Option<Bytes>, Failure>> + Send;

    /// Commits everything or nothing. Dropping the future leaves the outcome unknown.
    fn commit(
        &self,
        lease: &Self::Lease,
        unit: Unit,
    ) -> impl Future<Output = Result<Outcome, Uncommitted>> + Send;

    /// Acknowledges an input that was handled before, without running its handler.
    fn handled(&self, lease: &Self::Lease) -> impl Future<Output = Result<(), Refused>> + Send;

    /// Whether anybody wants to hear events.
    fn heard(&self) -> bool;

    /// Tells an event to whoever listens.
    fn tell(&self, event: Event);
}

/// Where a run of a handler finds rows.
pub trait Rows: Send + Sync + fmt::Debug {
    /// A row; `None` when it is not there.
    fn get<'a>(&'a self, row: &'a RowKey) -> Reading<'a>;

    /// The revision of a row that is written without having been read, 0 for none; `None` when the engine can't tell
    /// without waiting, and such a write simply replaces what is there.
    ///
    /// # Errors
    /// When the rows cannot be read.
    fn revision(&self, row: &RowKey) -> Result<Option<u64>, Failure>;
}

/// A row on its way; boxed, because rows come from engines of different kinds.
pub type Reading<'a> = Pin<Box<dyn Future<Output = Result<Option<StoredRow>, Failure>> + Send + 'a>>;

/// Which row: ordered by table, then by key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowKey {
    /// `Service.table`.
    pub table: Cow<'static, str>,
    /// The text of the key.
    pub key: String,
}

/// A row as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// Changes with every write; never 0.
    pub revision: u64,
    /// The row as JSON.
    pub json: Bytes,
}

/// What a run of a handler commits, besides its input.
#[derive(Debug, Clone, Default)]
pub struct Unit {
    /// The revision of each row that was read or replaced; 0 for a row that was not there.
    pub reads: BTreeMap<RowKey, u64>,
    /// The new value of each row that was written; `None` for a row that was deleted.
    pub writes: BTreeMap<RowKey, Option<Bytes>>,
    /// Messages in the order of emission.
    pub messages: Vec<Outgoing>,
    /// The input's correlation id and its own id: what the messages follow from.
    pub origin: Origin,
    /// The declared key of the input, with the reply.
    pub inbox: Option<Keep>,
    /// What is kept besides, each in the place of what was kept there; another activation was faster when that is
    /// something else by now.
    pub marks: Vec<Mark>,
    /// The answer to a request, under the client's key.
    pub answer: Option<Keep>,
}

/// Where the messages of a unit come from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// What all messages that follow from one request have in common.
    pub correlation: String,
    /// The message or request that caused them.
    pub causation: String,
}

/// A message that a handler emitted.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Minted once, here.
    pub id: Uuid,
    /// When it was emitted.
    pub time: Timestamp,
    /// The topic or queue.
    pub channel: String,
    /// The name of its type.
    pub kind: Cow<'static, str>,
    /// JSON.
    pub body: Bytes,
    /// The same, parsed: filters and keys want it so.
    pub parsed: Value,
    /// Not before this time; at once when there is none.
    pub due: Option<Timestamp>,
}

impl Outgoing {
    /// The message with its metadata.
    pub fn envelope(&self, origin: &Origin) -> Envelope {
        Envelope::new(Birth {
            id: self.id.to_string(),
            kind: &self.kind,
            time: self.time,
            channel: &self.channel,
            correlation: &origin.correlation,
            causation: Some(&origin.causation),
            body: &self.body,
        })
    }
}

/// Something to be kept under a key for a while.
#[derive(Debug, Clone)]
pub struct Keep {
    /// The key.
    pub key: KeepKey,
    /// In microseconds since 1970; `u64::MAX` for ever.
    pub until: u64,
    /// What is kept.
    pub value: Bytes,
}

/// Something kept in the place of something else.
#[derive(Debug, Clone)]
pub struct Mark {
    /// What is kept from now on.
    pub keep: Keep,
    /// What was kept until now.
    pub was: Option<Bytes>,
}

/// What tells kept things apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepKey {
    /// Inputs of handlers, answers to requests, or what was done and taken back.
    pub space: KeepSpace,
    /// The handler, or method and path.
    pub scope: String,
    /// The declared key of the input as JSON, or the client's key.
    pub key: Bytes,
}

/// What is kept under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepSpace {
    /// The reply to an input, by its declared key.
    Inbox,
    /// The answer to a request, by its `Idempotency-Key`.
    Answer,
    /// Whether a handler's work was done or taken back, by the key of whoever takes it back.
    Undoing,
}

/// What became of a unit.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is on disk.
    Committed,
    /// Another activation was faster; nothing was written.
    Conflict,
    /// The request was answered before, like this; nothing was written.
    Answered(Bytes),
    /// The input was handled before, with this reply; nothing else was written.
    Handled(Bytes),
}

/// Why there is no outcome.
#[derive(Debug)]
pub enum Uncommitted {
    /// The engine did not take it, or nobody knows how it ended.
    Refused(Refused),
    /// It can't be committed, and nothing was.
    Failed(Failure),
}

/// Why an engine gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It has too much to do.
    #[error("the program has too much to do; try again in a moment")]
    Full,
    /// It is stopping.
    #[error("the program is stopping; try again once it runs")]
    Stopped,
    /// The commit was begun, and nobody knows how it ended.
    #[error(
        "the outcome is unknown: the store failed during the commit; send the same request again with its key"
    )]
    Unknown,
}

/// An input with all that is known about it.
#[derive(Debug)]
pub struct Job<L> {
    /// Which handler, as an index of the topology.
    pub handler: usize,
    /// What it is given.
    pub body: Body,
    /// The envelope, as far as a handler needs it.
    pub delivery: Delivery,
    /// How it is acknowledged.
    pub lease: L,
}

/// How an activation ended.
#[derive(Debug)]
pub enum Ended {
    /// Everything is on disk.
    Committed(Reply),
    /// The request was answered before, like this.
    Answered(Bytes),
    /// An input with the same declared key was handled before, with this reply.
    Handled(Reply),
    /// Nothing was written.
    Trouble(Trouble),
    /// Nothing was written, or nobody knows.
    Refused(Refused),
}
