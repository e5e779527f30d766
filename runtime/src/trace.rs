//! What happens, told live to whoever listens: `aqueduct.trace.v1`.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::Delivery;
use crate::record::Envelope;

/// The version of [`Event`], to be written at the top of a recorded file.
pub const VERSION: &str = "aqueduct.trace.v1";

/// How many events a slow listener may be behind before it misses some.
const BUFFER: usize = 4096;

/// One thing that happened to one message, or to one request that a handler answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Counts all events since the start of the program.
    pub seq: u64,
    /// When.
    pub time: Timestamp,
    /// What.
    pub kind: Kind,
    /// Which message.
    pub message_id: String,
    /// What all messages that follow from one request have in common.
    pub correlation_id: String,
    /// The message that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<String>,
    /// The channel that it was published to, or the queue that it is in; none for a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The handler that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// Which start of the handler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// What went wrong, or how a saga ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The saga, of which the message id tells the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saga: Option<String>,
    /// The key of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The step of the saga.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// It was sent to a channel.
    Published,
    /// A handler was started for it.
    Delivered,
    /// The handler's work is committed.
    Succeeded,
    /// The handler did not succeed.
    Failed,
    /// It will not be tried again.
    DeadLettered,
    /// It was recognised as handled before.
    Duplicate,
    /// Nobody handled it in the time that its queue keeps it.
    Expired,
    /// It went from the dead letters back to its queue.
    Redriven,
    /// A run of a saga began.
    SagaStarted,
    /// A step is to be done.
    StepStarted,
    /// A step is done.
    StepSucceeded,
    /// A try of a step failed.
    StepFailed,
    /// A step is taken back.
    StepUndone,
    /// A try to take a step back failed.
    UndoFailed,
    /// A run of a saga ended: done, or for what it was taken back.
    SagaEnded,
}

impl Event {
    /// Something that happened to a request, which is no message of a channel.
    pub(crate) fn of_request(kind: Kind, time: Timestamp, delivery: &Delivery, place: &Place<'_>) -> Self {
        Self {
            seq: 0,
            time,
            kind,
            message_id: delivery.message_id.clone(),
            correlation_id: delivery.correlation_id.clone(),
            causation_id: None,
            channel: None,
            handler: place.handler.map(str::to_owned),
            attempt: place.attempt,
            outcome: place.outcome.map(str::to_owned),
            saga: None,
            key: None,
            step: None,
        }
    }
}

/// Where events go. Costs next to nothing while nobody listens.
#[derive(Debug, Clone)]
pub(crate) struct Tracer {
    events: broadcast::Sender<Arc<Event>>,
    /// How many events there were; held while one is sent, so that they arrive in the order of their numbers.
    sequence: Arc<Mutex<u64>>,
}

/// Where and how something happened, besides to which message.
#[derive(Debug, Default)]
pub(crate) struct Place<'a> {
    pub(crate) channel: Option<&'a str>,
    pub(crate) handler: Option<&'a str>,
    pub(crate) attempt: Option<u32>,
    pub(crate) outcome: Option<&'a str>,
}

impl Tracer {
    pub(crate) fn new() -> Self {
        Self {
            events: broadcast::Sender::new(BUFFER),
            sequence: Arc::default(),
        }
    }

    /// Whether anybody listens.
    pub(crate) fn heard(&self) -> bool {
        self.events.receiver_count() > 0
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<Event>> {
        self.events.subscribe()
    }

    pub(crate) fn event(kind: Kind, time: Timestamp, envelope: &Envelope, place: &Place<'_>) -> Event {
        Event {
            seq: 0,
            time,
            kind,
            message_id: envelope.id.clone(),
            correlation_id: envelope.correlation.clone(),
            causation_id: envelope.causation.clone(),
            channel: place.channel.map(str::to_owned),
            handler: place.handler.map(str::to_owned),
            attempt: place.attempt,
            outcome: place.outcome.map(str::to_owned),
            saga: None,
            key: None,
            step: None,
        }
    }

    pub(crate) fn tell(&self, mut event: Event) {
        let mut sequence = self.sequence.lock().unwrap_or_else(PoisonError::into_inner);
        *sequence += 1;
        event.seq = *sequence;
        // Nobody listening is no failure.
        let _ = self.events.send(Arc::new(event));
    }
}
