//! Administration: what the command line asks a running program over a Unix socket, or a store at rest directly.
//!
//! One JSON value per line in both directions. [`Client`] and [`offline`] need neither tokio nor HTTP.

mod client;
mod letters;
mod offline;
mod rows;
mod sagas;
#[cfg(any(feature = "http", feature = "simulate"))]
pub(crate) mod server;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use aqueduct_saga::{Log, Standing};

use crate::FieldError;
use crate::stats::Stats;

pub use crate::record::Attempt;
pub use crate::trace::Event;
pub use client::Client;
pub use offline::offline;
#[cfg(feature = "http")]
pub(crate) use sagas::visit as visit_sagas;

/// The socket in a data directory.
pub const SOCKET: &str = "admin.sock";

/// The store in a data directory.
pub const STORE: &str = "store.redb";

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Request {
    /// The dead letters of one queue or of all, oldest first, at most [`LISTED`].
    DeadLetters {
        /// Only of this queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<String>,
    },
    /// One dead letter with its body.
    DeadLetter {
        /// A message's id, or `queue/id` when several queues have it.
        id: String,
    },
    /// Dead letters go back to their queues with all their attempts.
    Redrive {
        /// Only those of this queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<String>,
        /// Only these: message ids or `queue/id`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ids: Vec<String>,
        /// Every one, when neither queue nor ids are given; a guard against asking for nothing in particular.
        #[serde(default)]
        all: bool,
    },
    /// Sends a message to a channel, checked like a request at the edge.
    Send {
        /// A topic or a queue.
        channel: String,
        /// The body.
        body: Value,
    },
    /// What has been counted.
    Stats,
    /// Every event from now on.
    Tail,
    /// The runs of sagas, those that began first before the others of their saga; where there are more than [`LISTED`],
    /// the newest, and those first.
    Sagas {
        /// Only those that stand so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        standing: Option<Standing>,
    },
    /// One run of a saga with all that has happened.
    Saga {
        /// `Service.Saga`, or `Saga` when no other service has one of that name.
        name: String,
        /// The key of the run.
        key: String,
    },
    /// What is stuck in a run has all its tries again.
    ResumeSaga {
        /// `Service.Saga`, or `Saga` when no other service has one of that name.
        name: String,
        /// The key of the run.
        key: String,
    },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "response", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Response {
    /// Dead letters without their bodies.
    DeadLetters {
        /// At most [`LISTED`] of them, oldest first.
        dead_letters: Vec<DeadLetter>,
        /// How many there are.
        total: u64,
    },
    /// One with its body.
    DeadLetter {
        /// The letter.
        dead_letter: Box<DeadLetter>,
    },
    /// They are back in their queues.
    Redriven {
        /// How many.
        count: u64,
    },
    /// It is on disk.
    Sent {
        /// The id that the message got.
        message_id: String,
        /// How many queues it went to.
        queues: usize,
    },
    /// What has been counted.
    Stats {
        /// The counts.
        stats: Stats,
    },
    /// Runs of sagas without what has happened.
    Sagas {
        /// At most [`LISTED`] of them.
        sagas: Vec<SagaRun>,
        /// How many there are.
        total: u64,
    },
    /// One with all that has happened.
    Saga {
        /// Its log.
        log: Box<Log>,
    },
    /// It goes on.
    Resumed,
    /// A tail has begun: whatever happens from now on is told.
    Listening,
    /// One event of a tail.
    Event {
        /// The event.
        event: Event,
    },
    /// A tail was too slow.
    Missed {
        /// How many events it did not get.
        count: u64,
    },
    /// It was not done.
    Error {
        /// Why, and what to do.
        message: String,
        /// Every bad field of a body.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FieldError>,
    },
}

/// How many dead letters or runs of sagas one answer lists.
pub const LISTED: usize = 1000;

/// A run of a saga.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SagaRun {
    /// `Service.Saga`.
    pub name: String,
    /// What tells it from other runs.
    pub key: String,
    /// Where it stands.
    pub standing: Standing,
    /// When it began.
    pub started: Timestamp,
    /// When something last happened.
    pub touched: Timestamp,
    /// The steps that are under way, or stuck.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<String>,
    /// The name of what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A message that will not be tried again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The message's id, which redrive keeps.
    pub id: String,
    /// The queue that it died in.
    pub queue: String,
    /// The queue for dead letters that it was moved to and waits in for a handler; redrive leaves it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_in: Option<String>,
    /// Why, for people.
    pub reason: String,
    /// When it died.
    pub time: Timestamp,
    /// How often a handler was started for it.
    pub starts: u32,
    /// Each start with its time and error.
    pub attempts: Vec<Attempt>,
    /// The type of the message.
    #[serde(rename = "type")]
    pub kind: String,
    /// When the message was born.
    pub born: Timestamp,
    /// Where it was sent to.
    pub channel: String,
    /// What all messages that follow from one request have in common.
    pub correlation_id: String,
    /// The message that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<String>,
    /// The body, when one letter was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// Why administration failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The connection to the program broke.
    #[error("the connection to the program broke: {0}; check that it still runs, and ask again")]
    Connection(#[from] std::io::Error),
    /// The program speaks otherwise.
    #[error("the program's answer cannot be read: {0}; use the command line of the version that built it")]
    Protocol(#[from] serde_json::Error),
    /// The store at rest cannot be used.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

impl Response {
    fn error(message: impl Into<String>) -> Self {
        Self::Error {
            message: message.into(),
            fields: Vec::new(),
        }
    }
}
