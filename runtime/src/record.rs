//! What is stored about messages: an envelope that never changes, and a short head that changes with each attempt.
//!
//! On disk both are JSON, the head first, a line break between them; so recording a start copies the body but
//! never parses or writes it anew.

mod dead;
mod envelope;
mod kept;
mod row;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use dead::Dead;
pub use envelope::{Birth, Envelope};
pub(crate) use kept::Kept;
pub(crate) use row::{join_row, split_row};

use crate::store::{Error, keys};

/// One start of a handler that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Which start, from 1.
    pub attempt: u32,
    /// When it ended, or when its end was noticed after a crash.
    pub time: Timestamp,
    /// Why it did not succeed.
    pub error: String,
}

/// The head of a message in a queue: what has been tried so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// How often a handler was started for it.
    pub(crate) attempts: u32,
    /// When the last start was, while nothing is known of its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) started: Option<Timestamp>,
    /// The starts that did not succeed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) history: Vec<Attempt>,
    /// Since when it is in its queue, where that limits how long it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Timestamp>,
    /// Where it died before, when it came here as a dead letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<Box<Dead>>,
}

/// A head and an envelope as one stored value.
pub(crate) fn join<H: Serialize>(head: &H, envelope: &Envelope) -> Vec<u8> {
    let mut stored = Vec::with_capacity(envelope.text().len() + 128);
    stored.push(keys::VERSION);
    serde_json::to_writer(&mut stored, head).expect("heads are plain JSON, and memory takes every write");
    stored.push(b'\n');
    stored.extend_from_slice(envelope.text());
    stored
}

/// Whether the head of a stored message may say where it died before, told without reading it.
pub(crate) fn mentions_origin(stored: &[u8]) -> bool {
    const MEMBER: &[u8] = b"\"origin\":";
    let head = stored.split(|byte| *byte == b'\n').next().unwrap_or_default();
    head.windows(MEMBER.len()).any(|window| window == MEMBER)
}

/// The opposite of [`join`].
pub(crate) fn split<H: for<'de> Deserialize<'de>>(stored: &[u8]) -> Result<(H, Envelope), Error> {
    let damaged = |detail: String| Error::Damaged {
        what: "message",
        detail,
    };
    let Some((&keys::VERSION, rest)) = stored.split_first() else {
        return Err(damaged("its version is unknown".to_owned()));
    };
    let Some(cut) = rest.iter().position(|byte| *byte == b'\n') else {
        return Err(damaged("it has no envelope".to_owned()));
    };
    let (head, envelope) = rest.split_at(cut);
    let head = serde_json::from_slice(head).map_err(|error| damaged(error.to_string()))?;
    let envelope = envelope.strip_prefix(b"\n").unwrap_or(envelope);
    Ok((
        head,
        Envelope::read(bytes::Bytes::copy_from_slice(envelope))
            .map_err(|error| damaged(error.to_string()))?,
    ))
}
