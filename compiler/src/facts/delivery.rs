//! What may happen to a message on an edge, per target: the one place that decides it.
//!
//! Checker, simulator, saga proof and backends ask here, so that they can't disagree.

use crate::model::{Channel, ChannelKind, Order, Target};

/// What a receiver has to expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery<'a> {
    /// The same message may come twice, and why.
    pub duplicates: Option<&'static str>,
    /// A message may never come although it was accepted, and why.
    pub loss: Option<&'static str>,
    /// Which messages stay in the order in which they were published; otherwise any may overtake another.
    pub order: Option<&'a Order>,
}

/// What may happen between a channel and the handler that listens on it.
///
/// The embedded engine acknowledges in the same transaction as the effects, so it never repeats one; SQS and `JetStream`
/// acknowledge afterwards (SQS Developer Guide, "At-least-once delivery"; NATS docs, "Acknowledgement models").
/// A topic keeps nothing: who isn't there, or fails too often, misses the message (SNS Developer Guide, "Message
/// delivery retries"). An order is kept wherever it is declared: what a target can't keep is refused.
pub fn delivery(target: Target, channel: &Channel) -> Delivery<'_> {
    let duplicates = match target {
        Target::Local => None,
        Target::Nats => Some("JetStream delivers again when an acknowledgement is late or lost"),
        Target::Aws => Some("SQS delivers at least once"),
    };
    let loss = match channel.kind {
        ChannelKind::Topic => Some("a topic keeps nothing for a subscriber that keeps failing"),
        ChannelKind::Bus => Some("a bus keeps nothing for a rule whose target keeps failing"),
        ChannelKind::Queue { .. } | ChannelKind::Stream => None,
    };
    Delivery {
        duplicates,
        loss,
        order: channel.order.as_ref(),
    }
}

/// Those of the targets on which a handler may run twice for one message, with the reasons.
pub fn repeating(targets: &[Target], channel: &Channel) -> Vec<(Target, &'static str)> {
    targets
        .iter()
        .filter_map(|target| Some((*target, delivery(*target, channel).duplicates?)))
        .collect()
}
