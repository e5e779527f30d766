//! The outbox: messages committed together with rows, and published afterwards by a function of their own.
//!
//! Messages of one key of an ordered channel share a partition, whose changes a stream hands over in their order.

use aqueduct::Failure;
use aqueduct::seam::{Envelope, Origin, Outgoing};
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::engine::Engine;
use crate::item::Item;
use crate::publish::{Post, publish};

/// How long a message may wait before it is forgotten, in seconds: as long as SQS keeps one at most, 14 days.
const KEPT: u64 = 14 * 24 * 60 * 60;

/// A message as it waits.
pub(crate) fn item(message: &Outgoing, origin: &Origin, group: Option<&str>, now: u64) -> Item {
    let envelope = message.envelope(origin);
    // Without an order to keep, every message has a partition of its own.
    let partition = match group {
        Some(group) => format!("{} {group}", message.channel),
        None => format!("{} {}", message.channel, message.id),
    };
    let text = |text: &[u8]| AttributeValue::S(String::from_utf8_lossy(text).into_owned());
    let mut item = Item::from([
        ("pk".to_owned(), AttributeValue::S(partition)),
        // Ids grow with time, so the order of the keys is the order of emission.
        ("sk".to_owned(), AttributeValue::S(message.id.to_string())),
        ("message".to_owned(), text(envelope.text())),
        ("expires".to_owned(), AttributeValue::N((now + KEPT).to_string())),
    ]);
    if let Some(group) = group {
        let _ = item.insert("group".to_owned(), AttributeValue::S(group.to_owned()));
    }
    item
}

/// What a stream hands over.
#[derive(Debug, Deserialize)]
pub(crate) struct Changes {
    #[serde(rename = "Records")]
    records: Vec<Change>,
}

#[derive(Debug, Deserialize)]
struct Change {
    #[serde(rename = "eventName")]
    event: String,
    dynamodb: Image,
}

#[derive(Debug, Deserialize)]
struct Image {
    #[serde(rename = "SequenceNumber")]
    sequence: String,
    #[serde(rename = "NewImage", default)]
    new: Value,
}

impl Image {
    fn text(&self, name: &str) -> Option<&str> {
        self.new.get(name)?.get("S")?.as_str()
    }
}

/// Publishes what has come into the outbox, in order. The first that can't be published is named in the answer, and
/// the stream hands over from there again.
pub(crate) async fn publish_all(engine: &Engine, changes: &Changes) -> Value {
    for change in &changes.records {
        if change.event != "INSERT" {
            continue;
        }
        if let Err(failure) = one(engine, &change.dynamodb).await {
            tracing::error!(error = %failure, "a message stays in the outbox");
            return json!({ "batchItemFailures": [{ "itemIdentifier": change.dynamodb.sequence }] });
        }
    }
    json!({ "batchItemFailures": [] })
}

async fn one(engine: &Engine, image: &Image) -> Result<(), Failure> {
    let wanted = |name: &str| {
        let missing = || Failure::new(format!("a change of the outbox has no `{name}`"));
        image.text(name).ok_or_else(missing)
    };
    let (partition, sort) = (wanted("pk")?, wanted("sk")?);
    let envelope = Envelope::read(Bytes::copy_from_slice(wanted("message")?.as_bytes()))?;
    let post = Post {
        envelope: &envelope,
        source: &engine.site.topology.name,
        group: image.text("group"),
    };
    publish(&engine.cloud, &post).await?;
    let Some(table) = Cloud::outbox() else {
        return Err(Failure::new(
            "the publisher doesn't know its table: OUTBOX_TABLE is not set",
        ));
    };
    let delete = engine.cloud.tables.delete_item().table_name(table);
    let delete = delete
        .key("pk", AttributeValue::S(partition.to_owned()))
        .key("sk", AttributeValue::S(sort.to_owned()));
    // It is published: what is left behind only takes space, and goes when it expires.
    if let Err(error) = delete.send().await {
        tracing::warn!(error = %Failure::from(error), "a published message stays in the outbox until it expires");
    }
    Ok(())
}
