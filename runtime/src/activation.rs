//! What one run of a handler reads and does: collected here, committed in one transaction when it succeeds.

mod memory;
mod table;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::clock::{Clock, Ids};
use crate::contracts::Declared;
use crate::external::{Call, Caller, Calls, Scripted};
use crate::seam::{Outgoing, RowKey, Rows, Unit};
use crate::{Failure, Message, Store};

use memory::Remembered;
pub use table::{ReadOnly, Table};

/// The input's envelope, as far as a handler needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The message's id: the same in every attempt, after redrive and on every queue that it went to.
    pub message_id: String,
    /// Which start of the handler this is, from 1.
    pub attempt: u32,
    /// What all messages that follow from one request have in common.
    pub correlation_id: String,
    /// When the message was born.
    pub time: Timestamp,
    /// The queue that it came from; `None` for an HTTP request.
    pub channel: Option<String>,
    /// The client's `Idempotency-Key`, if it sent one.
    pub idempotency_key: Option<String>,
}

impl Delivery {
    /// The first attempt at something that begins here: a request, or a message without an envelope.
    pub fn first(message_id: String, time: Timestamp) -> Self {
        Self {
            correlation_id: message_id.clone(),
            message_id,
            attempt: 1,
            time,
            channel: None,
            idempotency_key: None,
        }
    }
}

/// The way to services outside, and who takes it.
#[derive(Debug, Clone)]
pub(crate) struct Outside {
    pub(crate) calls: Arc<Calls>,
    pub(crate) caller: Caller,
}

/// A unit of work in the making.
pub struct Activation {
    delivery: Delivery,
    ids: Arc<dyn Ids>,
    clock: Arc<dyn Clock>,
    rows: Arc<dyn Rows>,
    declared: Declared,
    outside: Outside,
    unit: Unit,
    /// The rows of a unit test, which prepares and inspects them.
    remembered: Option<Arc<Remembered>>,
    /// The services of a unit test.
    scripted: Option<Arc<Scripted>>,
}

impl Activation {
    pub(crate) fn new(
        delivery: Delivery,
        rows: Arc<dyn Rows>,
        ids: Arc<dyn Ids>,
        clock: Arc<dyn Clock>,
        declared: Declared,
        outside: Outside,
    ) -> Self {
        Self {
            delivery,
            ids,
            clock,
            rows,
            declared,
            outside,
            unit: Unit::default(),
            remembered: None,
            scripted: None,
        }
    }

    /// The rows of a table that the handler may write.
    pub fn table<S: Store>(&mut self) -> Table<'_, S> {
        Table::new(self)
    }

    /// The rows of a table that the handler may only read.
    pub fn read_only<S: Store>(&mut self) -> ReadOnly<'_, S> {
        ReadOnly::new(self)
    }

    /// Sends a message to a channel when the activation commits.
    ///
    /// # Errors
    /// `InvalidMessage` when it is not what the channel carries; names every bad field.
    /// Also when the event cannot be JSON, as a map with keys that are no text.
    pub fn emit<M: Message>(&mut self, channel: &str, event: &M) -> Result<(), Failure> {
        let body = Bytes::from(serde_json::to_vec(event)?);
        let parsed = serde_json::from_slice(&body)?;
        self.declared.message::<M>(channel, &parsed)?;
        self.send(channel, M::TYPE.into(), body, parsed);
        Ok(())
    }

    /// The same of a message whose type is only known by its name.
    pub(crate) fn emit_named(&mut self, channel: &str, kind: &str, message: &Value) -> Result<(), Failure> {
        let message = self.declared.named_message(channel, kind, message)?;
        let body = Bytes::from(serde_json::to_vec(&message)?);
        self.send(channel, kind.to_owned().into(), body, message);
        Ok(())
    }

    fn send(&mut self, channel: &str, kind: Cow<'static, str>, body: Bytes, parsed: Value) {
        self.unit.messages.push(Outgoing {
            id: self.ids.new_id(),
            time: self.clock.now(),
            channel: channel.to_owned(),
            kind,
            body,
            parsed,
            due: None,
        });
    }

    /// Writes a row whose type is only known by its table.
    pub(crate) fn put_named(&mut self, key: RowKey, row: &Value) -> Result<(), Failure> {
        let row = self.declared.named_row(&key.table, row)?;
        self.write_row(key, Some(Bytes::from(serde_json::to_vec(&row)?)))
    }

    /// Calls a service that somebody else runs. It may have done what it was asked although the call fails, so each
    /// call has a key that is the same when this input is handled again.
    ///
    /// # Errors
    /// A declared fault by its name, with its fields: it says no, and has done nothing. `Timeout`, `Throttled`,
    /// `CircuitOpen` or `Unavailable` when nobody knows.
    pub async fn call<I: Serialize + ?Sized, O: DeserializeOwned>(
        &mut self,
        call: &Call,
        input: &I,
    ) -> Result<O, Failure> {
        let reply = self.ask(call, input).await?;
        let reply: &[u8] = if reply.is_empty() { b"null" } else { &reply };
        Ok(serde_json::from_slice(reply)?)
    }

    /// Calls a service outside that promises no reply. What it says beside its yes is left unread: some send nothing,
    /// others an empty object.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub async fn tell<I: Serialize + ?Sized>(&mut self, call: &Call, input: &I) -> Result<(), Failure> {
        let _ = self.ask(call, input).await?;
        Ok(())
    }

    async fn ask<I: Serialize + ?Sized>(&mut self, call: &Call, input: &I) -> Result<Bytes, Failure> {
        let body = Bytes::from(serde_json::to_vec(input)?);
        let Outside { calls, caller } = &mut self.outside;
        calls.ask(call, caller, body).await
    }

    /// The input's envelope.
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// A fresh version 7 id.
    pub fn new_id(&mut self) -> Uuid {
        self.ids.new_id()
    }

    /// The present time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What is to be committed.
    pub(crate) fn into_unit(self) -> Unit {
        self.unit
    }
}

impl fmt::Debug for Activation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Activation")
            .field("delivery", &self.delivery)
            .field("unit", &self.unit)
            .finish_non_exhaustive()
    }
}
