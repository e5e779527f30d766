//! Topics, queues with their failure exits, and who may send to them.

use aqueduct_compiler::limits::{LAMBDA_VISIBILITY_FACTOR, SQS_RETENTION_MAX, SQS_VISIBILITY_MAX};
use aqueduct_compiler::model::{Channel, ChannelKind, Handler, Id, Model, Setting};

use super::functions::{SHORT, timeout};
use super::ids::Ids;
use super::subscriptions::Subscription;

/// What SQS hides a message for when nobody says anything.
const UNTOLD: u64 = 30;

/// A topic that a handler publishes to.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) id: String,
    /// As the author calls it.
    pub(super) name: String,
    pub(super) variable: String,
    pub(super) fifo: bool,
}

/// A queue with its failure exit.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) id: String,
    /// As the author calls it.
    pub(super) name: String,
    pub(super) variable: String,
    pub(super) fifo: bool,
    /// In seconds.
    pub(super) visibility: u64,
    /// In seconds.
    pub(super) retention: u64,
    /// Whether a handler reads it.
    pub(super) read: bool,
    /// Whether it gets dead letters of others, and nothing else.
    pub(super) only_dead: bool,
    /// The queue that gets what can't be handled.
    pub(super) dead_letters: String,
    /// How often a message is received before it goes there.
    pub(super) attempts: u32,
}

/// A queue that only a person looks into.
#[derive(Debug)]
pub(super) struct LastQueue {
    pub(super) id: String,
    pub(super) fifo: bool,
    /// What is in it, in a sentence.
    pub(super) about: String,
}

/// Who may send to a queue besides functions.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) queue: String,
    pub(super) topics: Vec<String>,
}

/// Topics that only other topics lead to are ways and nothing of their own: see `subscriptions`.
pub(super) fn topics(model: &Model, ids: &Ids) -> Vec<Topic> {
    let topics = model.channels.iter().filter(|(id, channel)| match channel.kind {
        ChannelKind::Topic => model.is_sent_to(*id),
        ChannelKind::Queue { .. } | ChannelKind::Bus | ChannelKind::Stream => false,
    });
    let topics = topics.map(|(id, channel)| Topic {
        id: ids.channel(id).resource.clone(),
        name: channel.label.name.to_string(),
        variable: ids.channel(id).variable.clone(),
        fifo: channel.order.is_some(),
    });
    topics.collect()
}

/// All declared queues.
pub(super) fn queues(model: &Model, ids: &Ids) -> Vec<Queue> {
    let queues = model
        .channels
        .iter()
        .filter_map(|(id, channel)| match &channel.kind {
            ChannelKind::Topic | ChannelKind::Bus | ChannelKind::Stream => None,
            ChannelKind::Queue {
                dead_letter,
                retain,
                visibility,
            } => Some(Queue {
                id: ids.channel(id).resource.clone(),
                name: channel.label.name.to_string(),
                variable: ids.channel(id).variable.clone(),
                fifo: channel.order.is_some(),
                visibility: hidden(model, id, *visibility),
                retention: seconds(kept(model, id, *retain)),
                read: consumers(model, id).next().is_some() || starts_a_saga(model, id),
                only_dead: takes_dead_letters(model, id) && !is_written(model, id),
                dead_letters: dead_letters(model, ids, id),
                attempts: dead_letter.after.value,
            }),
        });
    queues.collect()
}

/// Dead letters of the queues that don't name a queue for them, and what the publisher can't send.
pub(super) fn last_queues(model: &Model, ids: &Ids, outbox: bool) -> Vec<LastQueue> {
    let stuck = (!model.sagas.is_empty()).then(|| LastQueue {
        id: "StuckSagas".to_owned(),
        fifo: false,
        about: "Executions of sagas that could not be taken back or told to an end.".to_owned(),
    });
    let own = model
        .channels
        .iter()
        .filter_map(|(id, channel)| match &channel.kind {
            ChannelKind::Queue { dead_letter, .. } if dead_letter.to.is_none() => Some(LastQueue {
                id: dead_letters(model, ids, id),
                fifo: channel.order.is_some(),
                about: format!("Messages of {} that could not be handled.", channel.label.name),
            }),
            ChannelKind::Queue { .. } | ChannelKind::Topic | ChannelKind::Bus | ChannelKind::Stream => None,
        });
    let failures = outbox.then(|| LastQueue {
        id: "OutboxFailures".to_owned(),
        fifo: false,
        about: "Where in the stream of the outbox messages are that could not be sent; they are still in the table."
            .to_owned(),
    });
    own.chain(failures).chain(stuck).collect()
}

/// One policy for each queue: nobody sends without TLS, and of the topics only those that have a reason.
pub(super) fn policies(queues: &[Queue], last: &[LastQueue], heard: &[Subscription]) -> Vec<Policy> {
    let all = queues.iter().map(|queue| &queue.id);
    let all = all.chain(last.iter().map(|queue| &queue.id));
    let policies = all.map(|queue| {
        let sending = heard.iter().filter(|one| one.queue == *queue);
        let mut topics: Vec<String> = sending.map(|one| one.topic.clone()).collect();
        topics.sort();
        topics.dedup();
        Policy {
            queue: queue.clone(),
            topics,
        }
    });
    policies.collect()
}

/// Where the messages of a queue end that can't be handled.
pub(super) fn dead_letters(model: &Model, ids: &Ids, queue: Id<Channel>) -> String {
    match failure_exit(model, queue) {
        Some(other) => ids.channel(other).resource.clone(),
        None => format!("{}DeadLetters", ids.channel(queue).stem),
    }
}

/// The queue of the author's that takes the dead letters of another.
fn failure_exit(model: &Model, queue: Id<Channel>) -> Option<Id<Channel>> {
    match &model.channels[queue].kind {
        ChannelKind::Queue { dead_letter, .. } => dead_letter.to.map(|(to, _)| to),
        ChannelKind::Topic | ChannelKind::Bus | ChannelKind::Stream => None,
    }
}

/// Whether another queue names this one for what can't be handled.
fn takes_dead_letters(model: &Model, queue: Id<Channel>) -> bool {
    let mut all = model.channels.ids();
    all.any(|other| failure_exit(model, other) == Some(queue))
}

/// Whether a handler or a route sends to it.
fn is_written(model: &Model, queue: Id<Channel>) -> bool {
    let mut routes = model.routes.values();
    model.is_sent_to(queue) || routes.any(|route| route.to == queue)
}

/// How long a message is kept, in milliseconds.
///
/// A dead letter is as old as its message, so it has the longer half of what SQS allows.
fn kept(model: &Model, queue: Id<Channel>, written: Option<Setting<u64>>) -> u64 {
    match written {
        Some(written) => written.value,
        None if takes_dead_letters(model, queue) => SQS_RETENTION_MAX.value,
        None => SQS_RETENTION_MAX.value / 2,
    }
}

/// How long a message in work is hidden from others, in seconds.
fn hidden(model: &Model, queue: Id<Channel>, written: Option<Setting<u64>>) -> u64 {
    let starter = starts_a_saga(model, queue).then_some(SHORT);
    let longest = consumers(model, queue)
        .map(|handler| timeout(model, handler))
        .chain(starter)
        .max();
    match (written, longest) {
        (Some(written), _) => seconds(written.value),
        (None, Some(longest)) => {
            (LAMBDA_VISIBILITY_FACTOR.value * longest).min(seconds(SQS_VISIBILITY_MAX.value))
        }
        (None, None) => UNTOLD,
    }
}

fn starts_a_saga(model: &Model, queue: Id<Channel>) -> bool {
    let mut on = model.sagas.values().filter_map(|saga| saga.on);
    on.any(|(channel, _)| channel == queue)
}

fn consumers(model: &Model, queue: Id<Channel>) -> impl Iterator<Item = &Handler> {
    let listens = move |handler: &&Handler| handler.on.is_some_and(|(channel, _)| channel == queue);
    model.handlers.values().filter(listens)
}

/// Milliseconds as whole seconds, rounded up: AWS knows nothing smaller.
pub(super) fn seconds(milliseconds: u64) -> u64 {
    milliseconds.div_ceil(1_000)
}
