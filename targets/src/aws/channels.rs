//! Topics, queues with their failure exits, and who hears what.

use aqueduct_compiler::model::{Channel, ChannelKind, DeadLetter, Id, Model, Setting};

use super::functions::timeout;
use super::ids::Ids;

/// As long as SQS keeps a message, in seconds.
const LONGEST_RETENTION: u64 = 14 * 24 * 3_600;
/// As long as SQS hides one.
const LONGEST_VISIBILITY: u64 = 12 * 3_600;
/// How many times longer than its function may run a message is hidden: AWS's advice, so that one that had to wait for
/// a free function isn't given to a second.
const PATIENCE: u64 = 6;

/// A topic.
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
    /// What its ids begin with.
    pub(super) stem: String,
    /// As the author calls it.
    pub(super) name: String,
    pub(super) variable: String,
    pub(super) fifo: bool,
    /// In seconds.
    pub(super) visibility: u64,
    /// In seconds.
    pub(super) retention: u64,
    /// The queue that gets what can't be handled.
    pub(super) dead_letters: String,
    /// Whether that one was made for this queue alone.
    pub(super) own_dead_letters: bool,
    /// How often a message is received before it goes there.
    pub(super) attempts: u32,
    /// The topics that may send to it.
    pub(super) topics: Vec<String>,
    /// Whether a message in it means that something went wrong: it takes dead letters, and nobody works on them.
    pub(super) alarming: bool,
}

pub(super) fn topics(model: &Model, ids: &Ids) -> Vec<Topic> {
    let topics = model
        .channels
        .iter()
        .filter_map(|(id, channel)| match channel.kind {
            ChannelKind::Topic => Some(Topic {
                id: ids.channel(id).resource.clone(),
                name: channel.label.name.to_string(),
                variable: ids.channel(id).variable.clone(),
                fifo: channel.order.is_some(),
            }),
            ChannelKind::Queue { .. } => None,
        });
    topics.collect()
}

/// All queues; `heard` says which topics each of them hears.
pub(super) fn queues(model: &Model, ids: &Ids, heard: impl Fn(Id<Channel>) -> Vec<String>) -> Vec<Queue> {
    let queues = model
        .channels
        .iter()
        .filter_map(|(id, channel)| match &channel.kind {
            ChannelKind::Topic => None,
            ChannelKind::Queue {
                dead_letter,
                retain,
                visibility,
            } => Some(Queue {
                stem: ids.channel(id).stem.clone(),
                name: channel.label.name.to_string(),
                variable: ids.channel(id).variable.clone(),
                fifo: channel.order.is_some(),
                visibility: hidden(model, id, *visibility),
                retention: retain.map_or(LONGEST_RETENTION, |retain| seconds(retain.value)),
                dead_letters: match dead_letter.to {
                    Some((other, _)) => ids.channel(other).resource.clone(),
                    None => format!("{}DeadLetters", ids.channel(id).stem),
                },
                own_dead_letters: dead_letter.to.is_none(),
                attempts: dead_letter.after.value,
                topics: heard(id),
                alarming: takes_dead_letters(model, id) && consumers(model, id).next().is_none(),
            }),
        });
    queues.collect()
}

/// How long a message in work is hidden from others, in seconds.
fn hidden(model: &Model, queue: Id<Channel>, written: Option<Setting<u64>>) -> u64 {
    let longest = consumers(model, queue)
        .map(|handler| timeout(model, handler))
        .max();
    match (written, longest) {
        (Some(written), _) => seconds(written.value),
        (None, Some(longest)) => (PATIENCE * longest).min(LONGEST_VISIBILITY),
        // What SQS takes itself: nobody works on these.
        (None, None) => 30,
    }
}

fn consumers(model: &Model, queue: Id<Channel>) -> impl Iterator<Item = &aqueduct_compiler::model::Handler> {
    let mut handlers = model.handlers.values();
    std::iter::from_fn(move || {
        handlers.find(|handler| handler.on.is_some_and(|(channel, _)| channel == queue))
    })
}

fn takes_dead_letters(model: &Model, queue: Id<Channel>) -> bool {
    model.channels.values().any(|channel| match &channel.kind {
        ChannelKind::Queue {
            dead_letter: DeadLetter { to, .. },
            ..
        } => to.is_some_and(|(to, _)| to == queue),
        ChannelKind::Topic => false,
    })
}

/// Milliseconds as whole seconds, rounded up: AWS knows nothing smaller.
pub(super) fn seconds(milliseconds: u64) -> u64 {
    milliseconds.div_ceil(1_000)
}
