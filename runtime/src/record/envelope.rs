//! A message with its metadata: `CloudEvents` names, written once, shared by every queue that it went to.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A message as it travels and is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Minted once, where the message is born.
    pub id: String,
    /// The name of its type.
    pub kind: String,
    /// When it was born.
    pub time: Timestamp,
    /// Where it was sent to: a topic, or a queue directly.
    pub channel: String,
    /// What all messages that follow from one request have in common.
    pub correlation: String,
    /// The message or request that caused it.
    pub causation: Option<String>,
    text: Bytes,
    body: Bytes,
}

/// What is known of a message when it is born.
#[derive(Debug)]
pub struct Birth<'a> {
    /// Minted for it.
    pub id: String,
    /// The name of its type.
    pub kind: &'a str,
    /// Now.
    pub time: Timestamp,
    /// A topic, or a queue directly.
    pub channel: &'a str,
    /// What all messages that follow from one request have in common.
    pub correlation: &'a str,
    /// The message or request that caused it.
    pub causation: Option<&'a str>,
    /// JSON.
    pub body: &'a [u8],
}

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    time: Timestamp,
    channel: String,
    correlationid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    causationid: Option<String>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
}

impl Envelope {
    /// Writes the message down, once for all queues.
    ///
    /// # Panics
    /// Never: texts and a time are JSON.
    pub fn new(birth: Birth<'_>) -> Self {
        let mut stored = Stored {
            id: birth.id,
            kind: birth.kind.to_owned(),
            time: birth.time,
            channel: birth.channel.to_owned(),
            correlationid: birth.correlation.to_owned(),
            causationid: birth.causation.map(str::to_owned),
            data: None,
        };
        let mut text = Vec::with_capacity(birth.body.len() + 320);
        serde_json::to_writer(&mut text, &stored)
            .expect("texts and a time are JSON, and memory takes every write");
        text.pop();
        text.extend_from_slice(b",\"data\":");
        let start = text.len();
        text.extend_from_slice(birth.body);
        let end = text.len();
        text.push(b'}');
        let text = Bytes::from(text);
        let body = text.slice(start..end);
        Self {
            id: std::mem::take(&mut stored.id),
            kind: stored.kind,
            time: stored.time,
            channel: stored.channel,
            correlation: stored.correlationid,
            causation: stored.causationid,
            text,
            body,
        }
    }

    /// Reads what [`Envelope::new`] wrote.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(text: Bytes) -> Result<Self, serde_json::Error> {
        let stored: Stored<'_> = serde_json::from_slice(&text)?;
        let body = stored
            .data
            .map_or(Bytes::new(), |data| text.slice_ref(data.get().as_bytes()));
        Ok(Self {
            id: stored.id,
            kind: stored.kind,
            time: stored.time,
            channel: stored.channel,
            correlation: stored.correlationid,
            causation: stored.causationid,
            body,
            text,
        })
    }

    /// The whole as JSON.
    pub fn text(&self) -> &Bytes {
        &self.text
    }

    /// The body as JSON.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_reads_back_as_it_was_written() {
        let envelope = Envelope::new(Birth {
            id: "1".to_owned(),
            kind: "Ride",
            time: Timestamp::constant(5, 0),
            channel: "rides",
            correlation: "c",
            causation: Some("0"),
            body: br#"{"fare":1.10}"#,
        });
        assert_eq!(Envelope::read(envelope.text().clone()).unwrap(), envelope);
        assert_eq!(envelope.body(), br#"{"fare":1.10}"#.as_slice());
    }
}
