//! Channels, and all that is promised about their messages.

use aqueduct_compiler::model::{self, Id};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::label::{Label, Setting, key, reason, setting};
use crate::reader::Reader;
use crate::words::{Outside, WhenFull};

/// A topic, queue, bus or stream.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Channel {
    /// Its name in full: what refers to it says this.
    id: String,
    #[serde(flatten)]
    label: Label,
    /// The domain that it belongs to.
    domain: Option<String>,
    /// Who answers for it.
    owner: Option<String>,
    /// Who gets a message.
    kind: ChannelKind,
    /// Who else is at it, when it is an extern one.
    outside: Option<Outside>,
    /// The type of its messages.
    carries: String,
    /// Messages with the same values of these fields stay in order.
    fifo_by: Option<Vec<String>>,
    /// Of a queue: where a message ends that can't be handled.
    dead_letter: Option<DeadLetter>,
    /// Of a queue: how long a message in work is hidden from others, where an engine has to be told.
    visibility_ms: Option<Setting<u64>>,
    /// How long messages are kept: unhandled ones by a queue, all of them by a topic or a stream.
    retain_ms: Option<Setting<u64>>,
    #[serde(flatten)]
    policy: Policy,
}

/// Who gets a message.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ChannelKind {
    /// Every route out of it.
    Topic,
    /// One of its consumers, again and again until it is handled or dead.
    Queue,
    /// Every rule that matches.
    Bus,
    /// Every group of readers, each from its own place in the log.
    Stream,
}

/// The failure exit of a queue, or of a reader of a stream.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeadLetter {
    /// A queue of the author's; absent for the queue's own dead letters.
    to: Option<String>,
    /// How often a handler is started before the message goes there.
    after: Setting<u32>,
}

/// What else is promised about the messages of a channel.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
struct Policy {
    /// Messages with the same values of these fields stay in one lane.
    partition_by: Option<Vec<String>>,
    /// What is seen a second time is dropped.
    dedup: Option<Dedup>,
    /// After which time an unread message goes.
    expire_ms: Option<Setting<u64>>,
    /// How long every message is held back.
    delay_ms: Option<Setting<u64>>,
    /// How long messages are kept for replay.
    archive_ms: Option<Setting<u64>>,
    /// How much fits in.
    capacity: Option<Capacity>,
    /// The lane stops after so many starts until a person helps.
    block_after: Option<Setting<u32>>,
    /// A message is given up after so many starts.
    drop_after: Option<DropAfter>,
    /// Why there is no dead letter queue.
    no_dead_letter: Option<String>,
    /// The channel for messages that don't fit their type.
    invalid: Option<String>,
    /// Whether messages are encrypted at rest.
    encrypt: Option<Encryption>,
    /// How many are handed out at once.
    batch: Option<Batch>,
}

/// What makes two messages the same.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Dedup {
    /// These fields.
    by: Vec<String>,
    /// For how long that is remembered.
    window_ms: u64,
}

/// How much fits in.
#[derive(Debug, Serialize, JsonSchema)]
struct Capacity {
    /// So many messages.
    count: u32,
    /// What happens to one more.
    otherwise: WhenFull,
}

/// When a message is given up.
#[derive(Debug, Serialize, JsonSchema)]
struct DropAfter {
    /// After so many starts.
    starts: Setting<u32>,
    /// The author's reason.
    because: String,
}

/// Whether messages are encrypted at rest.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
struct Encryption {
    /// Whether they are.
    on: bool,
    /// The author's reason, when they are not.
    because: Option<String>,
}

/// How many messages are taken at once.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Batch {
    /// So many messages,
    count: Option<u32>,
    /// or so many bytes,
    bytes: Option<u64>,
    /// or what comes in this time.
    within_ms: Option<u64>,
    /// What is handled side by side inside a batch.
    parallel_by: Option<Vec<String>>,
    /// Whether a failing batch is cut in half to find what fails.
    split: bool,
}

impl Reader<'_> {
    pub(crate) fn channel(&self, id: Id<model::Channel>) -> Channel {
        let model::Channel {
            label,
            domain,
            kind,
            external,
            carries,
            carries_span: _,
            order,
            policy,
            owner,
        } = &self.model.channels[id];
        let (kind, dead_letter, queue_retain, visibility) = match kind {
            model::ChannelKind::Topic => (ChannelKind::Topic, None, None, None),
            model::ChannelKind::Queue {
                dead_letter,
                retain,
                visibility,
            } => (
                ChannelKind::Queue,
                Some(self.dead_letter(dead_letter)),
                *retain,
                *visibility,
            ),
            model::ChannelKind::Bus => (ChannelKind::Bus, None, None, None),
            model::ChannelKind::Stream => (ChannelKind::Stream, None, None, None),
        };
        Channel {
            id: self.channel_id(id),
            label: self.label(label),
            domain: domain.map(|domain| self.domain_id(domain)),
            owner: owner.as_ref().map(ToString::to_string),
            kind,
            outside: external.map(|(outside, _)| outside.into()),
            carries: self.type_id(*carries),
            fifo_by: order.as_ref().map(order_key),
            dead_letter,
            visibility_ms: setting(visibility),
            // A queue keeps its own apart from the policy that topics and streams have.
            retain_ms: setting(queue_retain.or(policy.retain)),
            policy: self.policy(policy),
        }
    }

    fn policy(&self, of: &model::Policy) -> Policy {
        let model::Policy {
            partition,
            dedup: same,
            retain: _,
            expire,
            delay,
            archive,
            capacity,
            block_after,
            drop_after,
            no_dead_letter,
            invalid,
            encrypt,
            batch: at_once,
        } = of;
        Policy {
            partition_by: partition.as_ref().map(order_key),
            dedup: same.as_ref().map(dedup),
            expire_ms: setting(*expire),
            delay_ms: setting(*delay),
            archive_ms: setting(*archive),
            capacity: capacity.map(
                |model::Capacity {
                     count,
                     otherwise,
                     span: _,
                 }| Capacity {
                    count,
                    otherwise: otherwise.into(),
                },
            ),
            block_after: setting(*block_after),
            drop_after: drop_after.as_ref().map(|(starts, because)| DropAfter {
                starts: (*starts).into(),
                because: reason(because),
            }),
            no_dead_letter: no_dead_letter.as_ref().map(reason),
            invalid: invalid.map(|(channel, _)| self.channel_id(channel)),
            encrypt: encrypt.as_ref().map(encryption),
            batch: at_once.as_ref().map(batch),
        }
    }

    pub(crate) fn dead_letter(&self, of: &model::DeadLetter) -> DeadLetter {
        let model::DeadLetter { to, after } = of;
        DeadLetter {
            to: to.map(|(channel, _)| self.channel_id(channel)),
            after: (*after).into(),
        }
    }
}

fn order_key(of: &model::Order) -> Vec<String> {
    let model::Order { by, span: _ } = of;
    key(by)
}

pub(crate) fn dedup(of: &model::Dedup) -> Dedup {
    let model::Dedup { by, window, span: _ } = of;
    Dedup {
        by: key(by),
        window_ms: *window,
    }
}

fn encryption(of: &model::Encryption) -> Encryption {
    let because = match of {
        model::Encryption::On(_) => None,
        model::Encryption::Off(because) => Some(reason(because)),
    };
    Encryption {
        on: because.is_none(),
        because,
    }
}

pub(crate) fn batch(of: &model::Batch) -> Batch {
    let model::Batch {
        count,
        bytes,
        within,
        parallel_by,
        split,
        span: _,
    } = of;
    Batch {
        count: *count,
        bytes: *bytes,
        within_ms: *within,
        parallel_by: parallel_by.as_ref().map(|by| key(by)),
        split: *split,
    }
}
