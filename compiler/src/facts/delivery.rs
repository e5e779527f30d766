//! What may happen to a message on an edge, per target: the one place that decides it.
//!
//! Checker, simulator, saga proof and backends ask here, so that they can't disagree.

use crate::model::{ChannelKind, Target};

/// What a receiver has to expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// The same message may come twice, and why.
    pub duplicates: Option<&'static str>,
    /// A message may never come although it was accepted, and why.
    pub loss: Option<&'static str>,
}

/// What may happen between a channel and the handler that listens on it.
///
/// The embedded engine acknowledges in the same transaction as the effects, so it never repeats one; SQS and `JetStream`
/// acknowledge afterwards (SQS Developer Guide, "At-least-once delivery"; NATS docs, "Acknowledgement models").
/// A topic keeps nothing: who isn't there, or fails too often, misses the message (SNS Developer Guide, "Message
/// delivery retries").
pub fn delivery(target: Target, channel: &ChannelKind) -> Delivery {
    let duplicates = match target {
        Target::Local => None,
        Target::Nats => Some("JetStream delivers again when an acknowledgement is late or lost"),
        Target::Aws => Some("SQS delivers at least once"),
    };
    let loss = match channel {
        ChannelKind::Topic => Some("a topic keeps nothing for a subscriber that keeps failing"),
        ChannelKind::Queue { .. } => None,
    };
    Delivery { duplicates, loss }
}

/// Those of the targets on which a handler may run twice for one message, with the reasons.
pub fn repeating(targets: &[Target], channel: &ChannelKind) -> Vec<(Target, &'static str)> {
    targets
        .iter()
        .filter_map(|target| Some((*target, delivery(*target, channel).duplicates?)))
        .collect()
}
