//! The outbox: messages committed together with rows, and published afterwards by a function of their own.
//!
//! An item holds what waits under one key: a single message, or all messages of one group of a channel that keeps an
//! order. The table's stream only says which item has changed; what waits in it is read then. So a message is published
//! after those that were committed before it, whichever of them the stream speaks of first.

use std::time::Duration;

use aqueduct::seam::{Envelope, Outgoing};
use aqueduct::{Failure, Value};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, Update};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use serde::Deserialize;
use serde_json::json;

use crate::cloud::Cloud;
use crate::engine::Engine;
use crate::item::Item;
use crate::publish::{Post, publish};

/// How large a message may be with its attributes, in bytes: SNS takes 256 KiB (SNS endpoints and quotas, read
/// 2026-11), and the attributes are less than 2 KiB.
const LARGEST: usize = (256 - 2) << 10;

/// How many items are worked on at once.
const AT_ONCE: usize = 16;

/// How long a message waits before the sweep takes it for one that the stream has given up on.
const LEFT: Duration = Duration::from_secs(15 * 60);

/// Under which key a message waits: its channel, then its group, or its own id on a channel without an order.
pub(crate) fn key(message: &Outgoing, group: Option<&str>) -> String {
    match group {
        Some(group) => format!("{} {group}", message.channel),
        None => format!("{} {}", message.channel, message.id),
    }
}

/// Refuses what no channel would take afterwards.
pub(crate) fn fits(message: &Outgoing) -> Result<(), Failure> {
    if message.due.is_some() {
        return Err(Failure::new(format!(
            "the {} is to wait, and only the embedded engine waits",
            message.kind
        )));
    }
    if message.body.len() <= LARGEST {
        return Ok(());
    }
    Err(Failure::named(
        "MessageTooLarge",
        format!(
            "the {} has {} bytes, and AWS carries {LARGEST} in a message",
            message.kind,
            message.body.len()
        ),
    ))
}

/// Puts messages behind those that wait under a key.
pub(crate) fn waiting(outbox: &str, key: String, messages: Vec<String>) -> Result<Update, Failure> {
    let messages = messages.into_iter().map(AttributeValue::S).collect();
    Ok(Update::builder()
        .table_name(outbox)
        .key("id", AttributeValue::S(key))
        .update_expression("SET messages = list_append(if_not_exists(messages, :none), :more)")
        .expression_attribute_values(":none", AttributeValue::L(Vec::new()))
        .expression_attribute_values(":more", AttributeValue::L(messages))
        .build()?)
}

/// What a stream hands over.
#[derive(Debug, Deserialize)]
pub(crate) struct Changes {
    #[serde(rename = "Records")]
    records: Vec<Change>,
}

#[derive(Debug, Deserialize)]
struct Change {
    dynamodb: Keyed,
}

#[derive(Debug, Deserialize)]
struct Keyed {
    #[serde(rename = "SequenceNumber")]
    sequence: String,
    #[serde(rename = "Keys")]
    keys: Value,
}

/// Publishes what waits in the items that have changed. Those that can't be published are named in the answer, and the
/// stream hands them over again.
pub(crate) async fn publish_changed(engine: &Engine, changes: &Changes) -> Value {
    let mut seen = Vec::new();
    let mut first = changes
        .records
        .iter()
        .map(|change| &change.dynamodb)
        .collect::<Vec<_>>();
    first.retain(|change| {
        let fresh = !seen.contains(&&change.keys);
        seen.push(&change.keys);
        fresh
    });
    let runs = stream::iter(first).map(async |change| {
        let done = match change.keys.pointer("/id/S").and_then(Value::as_str) {
            Some(key) => publish_waiting(engine, key, |_| true).await,
            None => Err(Failure::new("a change is of no item of the outbox")),
        };
        let failure = done.err()?;
        tracing::error!(error = %failure, "messages stay in the outbox");
        Some(json!({ "itemIdentifier": change.sequence }))
    });
    let failed: Vec<_> = runs
        .buffer_unordered(AT_ONCE)
        .filter_map(async |failed| failed)
        .collect()
        .await;
    json!({ "batchItemFailures": failed })
}

/// Publishes whatever has been waiting for long: the stream forgets after a day, and gives up before.
pub(crate) async fn sweep(engine: &Engine) -> Result<Value, Failure> {
    let mut pages = engine
        .cloud
        .tables
        .scan()
        .table_name(table()?)
        .projection_expression("id")
        .into_paginator()
        .items()
        .send();
    let now = engine.site.clock.now();
    let old = |message: &Envelope| now.duration_since(message.time).unsigned_abs() >= LEFT;
    let mut published = 0;
    while let Some(item) = pages.next().await {
        if let Some(key) = item?.get("id").and_then(|id| id.as_s().ok()) {
            published += publish_waiting(engine, key, old).await?;
        }
    }
    Ok(json!({ "published": published }))
}

/// Publishes what waits under a key in its order, if the first of it is wanted, and takes it out.
async fn publish_waiting(
    engine: &Engine,
    key: &str,
    wanted: impl Fn(&Envelope) -> bool,
) -> Result<usize, Failure> {
    let outbox = table()?;
    let id = || AttributeValue::S(key.to_owned());
    let tables = &engine.cloud.tables;
    let get = tables.get_item().table_name(&outbox).key("id", id());
    let item = get.consistent_read(true).send().await?.item;
    let messages = item.as_ref().map_or(Ok(Vec::new()), messages)?;
    if !messages.first().is_some_and(wanted) {
        return Ok(0);
    }
    for envelope in &messages {
        // Whose role lets it write under the key of a channel may send to that channel, and to no other.
        if key.split(' ').next() != Some(&envelope.channel) {
            return Err(Failure::new(format!(
                "{key} holds a message for {}",
                envelope.channel
            )));
        }
        let body = serde_json::from_slice(envelope.body())?;
        let group = engine.group(&envelope.channel, &body);
        let post = Post {
            envelope,
            source: &engine.site.topology.name,
            group: group.as_deref(),
        };
        publish(&engine.cloud, &post).await?;
    }
    if let Some(first) = messages.first() {
        take_out(engine, &outbox, key, first, messages.len()).await?;
    }
    Ok(messages.len())
}

/// Takes the first messages out of an item, if it still begins with them: the sweep and the stream may be at work on it
/// at once, and what has come since is not theirs to remove.
async fn take_out(
    engine: &Engine,
    outbox: &str,
    key: &str,
    first: &Envelope,
    count: usize,
) -> Result<(), Failure> {
    let tables = &engine.cloud.tables;
    let id = || AttributeValue::S(key.to_owned());
    // Messages are put behind and taken from the front only, and the text of each holds its id: so this one in front
    // means that all that were read are still there.
    let first = || AttributeValue::S(String::from_utf8_lossy(first.text()).into_owned());
    let delete = tables.delete_item().table_name(outbox).key("id", id());
    let delete = delete
        .condition_expression("messages[0] = :first AND size(messages) = :count")
        .expression_attribute_values(":first", first())
        .expression_attribute_values(":count", AttributeValue::N(count.to_string()));
    match delete.send().await {
        Ok(_) => return Ok(()),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DeleteItemError::is_conditional_check_failed_exception) => {}
        Err(error) => return Err(error.into()),
    }
    // Others have come behind them, of which the stream speaks again.
    let places: Vec<String> = (0..count).map(|place| format!("messages[{place}]")).collect();
    let update = tables.update_item().table_name(outbox).key("id", id());
    let update = update
        .update_expression(format!("REMOVE {}", places.join(", ")))
        .condition_expression("messages[0] = :first")
        .expression_attribute_values(":first", first());
    match update.send().await {
        Ok(_) => Ok(()),
        // Somebody else has sent and removed them.
        Err(error)
            if error
                .as_service_error()
                .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
        {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

fn messages(item: &Item) -> Result<Vec<Envelope>, Failure> {
    let waiting = item.get("messages").and_then(|messages| messages.as_l().ok());
    let texts = waiting
        .into_iter()
        .flatten()
        .filter_map(|message| message.as_s().ok());
    texts
        .map(|text| Ok(Envelope::read(Bytes::copy_from_slice(text.as_bytes()))?))
        .collect()
}

fn table() -> Result<String, Failure> {
    Cloud::outbox()
        .ok_or_else(|| Failure::new("the publisher doesn't know its table: OUTBOX_TABLE is not set"))
}
