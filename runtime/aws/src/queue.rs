//! A batch of messages of a queue: each is worked on by itself, and those that failed are given back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::clock::Backoff;
use aqueduct::saga::definition::Saga;
use aqueduct::seam::{Ended, Job, Seam};
use aqueduct::trace::{Event, Kind};
use aqueduct::{Body, Delivery, Failure, Timestamp};
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use bytes::Bytes;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tracing::Instrument;

use crate::cloud::Place;
use crate::engine::Engine;
use crate::publish::{CORRELATION, ID, TIME};
use crate::saga;

/// The longest wait after a first failure, and the longest ever: those of the local engine.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// What takes the messages of a queue.
#[derive(Debug, Clone)]
pub(crate) enum Consumer {
    /// A handler, as an index of the topology.
    Handler(usize),
    /// What starts a saga.
    Saga(Arc<Saga>),
}

/// A message is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Now,
    Before,
}

impl Consumer {
    fn name<'a>(&'a self, engine: &'a Engine) -> &'a str {
        match self {
            Self::Handler(index) => engine.site.handler_name(*index),
            Self::Saga(saga) => &saga.name,
        }
    }

    fn queue(&self, engine: &Engine) -> Option<String> {
        match self {
            Self::Handler(index) => engine.site.topology.handlers.get(*index)?.queue.clone(),
            Self::Saga(saga) => saga.queue.clone(),
        }
    }

    async fn take(&self, engine: &Engine, body: Body, delivery: &Delivery) -> Result<Taken, String> {
        match self {
            Self::Handler(handler) => {
                let job = Job {
                    handler: *handler,
                    body,
                    delivery: delivery.clone(),
                    lease: (),
                };
                match engine.site.activate(engine, &job, |_| Ok(None)).await {
                    Ended::Committed(_) => Ok(Taken::Now),
                    Ended::Handled(_) | Ended::Answered(_) => Ok(Taken::Before),
                    Ended::Trouble(trouble) => Err(trouble.to_string()),
                    Ended::Refused(refused) => Err(refused.to_string()),
                }
            }
            Self::Saga(saga) => match saga::start(engine, saga, &body, delivery).await {
                Ok(true) => Ok(Taken::Now),
                Ok(false) => Ok(Taken::Before),
                Err(failure) => Err(failure.to_string()),
            },
        }
    }
}

/// Runs the consumer for every message; answers with those that have to come again.
///
/// Messages of one group are worked on one after the other, and after a failure none of them is: they stay in order.
pub(crate) async fn handle_all(engine: &Engine, consumer: &Consumer, batch: SqsEvent) -> Value {
    let mut groups: BTreeMap<(String, usize), Vec<SqsMessage>> = BTreeMap::new();
    for (index, message) in batch.records.into_iter().enumerate() {
        let group = message.attributes.get("MessageGroupId").cloned();
        // Without a group, each message is one of its own.
        let group = group.map_or_else(|| (String::new(), index), |group| (group, 0));
        groups.entry(group).or_default().push(message);
    }
    let runs = groups.into_values().map(async |messages| {
        let mut failed = Vec::new();
        for message in messages {
            if !failed.is_empty() || !handle(engine, consumer, &message).await {
                failed.push(message.message_id.unwrap_or_default());
            }
        }
        failed
    });
    let failed = join_all(runs).await.concat();
    let failed = failed.iter().map(|id| json!({ "itemIdentifier": id }));
    json!({ "batchItemFailures": failed.collect::<Vec<_>>() })
}

/// Whether a message is done with.
async fn handle(engine: &Engine, consumer: &Consumer, message: &SqsMessage) -> bool {
    let site = &engine.site;
    let delivery = &delivery(message, consumer.queue(engine), site.clock.now());
    let name = consumer.name(engine);
    let span = tracing::info_span!(
        "delivery",
        handler = name,
        message = %delivery.message_id,
        correlation = %delivery.correlation_id,
        attempt = delivery.attempt
    );
    let tell = |kind, outcome: Option<&str>| tell(engine, name, delivery, kind, outcome);
    async {
        tell(Kind::Delivered, None);
        let body = Body::from_text(Bytes::from(message.body.clone().unwrap_or_default()));
        let failure = match consumer.take(engine, body, delivery).await {
            Ok(Taken::Now) => {
                tell(Kind::Succeeded, None);
                return true;
            }
            Ok(Taken::Before) => {
                tell(Kind::Duplicate, None);
                return true;
            }
            Err(failure) => failure,
        };
        tracing::warn!(error = %failure, "failed");
        tell(Kind::Failed, Some(&failure));
        let queue = site
            .topology
            .queues
            .iter()
            .find(|queue| Some(&queue.name) == delivery.channel.as_ref());
        if queue.is_some_and(|queue| delivery.attempt >= queue.attempts) {
            // SQS moves it when it would be received once more.
            tell(Kind::DeadLettered, Some(&failure));
        }
        if let Err(failure) = give_back(engine, message, delivery).await {
            // It comes again all the same, when its visibility ends.
            tracing::warn!(error = %failure, "the wait could not be shortened");
        }
        false
    }
    .instrument(span)
    .await
}

fn tell(engine: &Engine, handler: &str, delivery: &Delivery, kind: Kind, outcome: Option<&str>) {
    if engine.heard() {
        engine.tell(Event {
            seq: 0,
            time: engine.site.clock.now(),
            kind,
            message_id: delivery.message_id.clone(),
            correlation_id: delivery.correlation_id.clone(),
            causation_id: None,
            channel: delivery.channel.clone(),
            handler: Some(handler.to_owned()),
            attempt: Some(delivery.attempt),
            outcome: outcome.map(str::to_owned),
            saga: None,
            key: None,
            step: None,
        });
    }
}

/// Makes a message visible again after a wait that grows with its attempts, in whole seconds.
async fn give_back(engine: &Engine, message: &SqsMessage, delivery: &Delivery) -> Result<(), Failure> {
    let Some(queue) = &delivery.channel else {
        return Ok(());
    };
    let Place::Queue { url } = engine.cloud.channel(queue)? else {
        return Err(Failure::new(format!("{queue} is no queue")));
    };
    let seed = engine.site.ids.new_id().as_u64_pair().1;
    let wait = Backoff::new(RETRY.0, RETRY.1, seed).delay(delivery.attempt);
    let request = engine.cloud.queues.change_message_visibility().queue_url(url);
    let request = request.set_receipt_handle(message.receipt_handle.clone());
    let seconds = i32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(i32::MAX);
    let _ = request.visibility_timeout(seconds).send().await?;
    Ok(())
}

/// The envelope of a message; one that was sent by hand has none, and SQS's own is taken.
fn delivery(message: &SqsMessage, queue: Option<String>, now: Timestamp) -> Delivery {
    let attribute = |name: &str| message.message_attributes.get(name)?.string_value.clone();
    let id = attribute(ID)
        .or_else(|| message.message_id.clone())
        .unwrap_or_default();
    let sent = || {
        let milliseconds = message.attributes.get("SentTimestamp")?.parse().ok()?;
        Timestamp::from_millisecond(milliseconds).ok()
    };
    let time = attribute(TIME)
        .and_then(|time| time.parse().ok())
        .or_else(sent)
        .unwrap_or(now);
    let mut delivery = Delivery::first(id, time);
    delivery.channel = queue;
    if let Some(correlation) = attribute(CORRELATION) {
        delivery.correlation_id = correlation;
    }
    let received = message.attributes.get("ApproximateReceiveCount");
    if let Some(count) = received.and_then(|count| count.parse().ok()) {
        delivery.attempt = count;
    }
    delivery
}
