//! Topics, queues and the routes between them.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Id, Label, Predicate, Setting, TypeDecl};

/// A channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Its name.
    pub label: Label,
    /// Topic or queue.
    pub kind: ChannelKind,
    /// What it carries.
    pub carries: Id<TypeDecl>,
    /// Where that is written.
    pub carries_span: SpanId,
    /// What it keeps in order; messages overtake each other when nothing is said.
    pub order: Option<Order>,
    /// Who answers for it.
    pub owner: Option<SmolStr>,
}

/// `fifo by ride_id`: messages with the same key stay in the order in which they were published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Fields of what the channel carries, never empty; each a path.
    pub by: Vec<Vec<SmolStr>>,
    /// The clause.
    pub span: SpanId,
}

impl Order {
    /// The key as the author writes it: `ride_id`, or `(customer, ride_id)`.
    pub fn key(&self) -> String {
        let paths: Vec<String> = self.by.iter().map(|path| path.join(".")).collect();
        match paths.as_slice() {
            [one] => one.clone(),
            several => format!("({})", several.join(", ")),
        }
    }
}

/// Who gets a message.
#[derive(Debug, Clone, PartialEq)]
pub enum ChannelKind {
    /// Every route out of it.
    Topic,
    /// One of its consumers, again and again until it is handled or dead.
    Queue {
        /// Where it ends when it can't be handled.
        dead_letter: DeadLetter,
        /// After how many milliseconds a message goes that nobody has handled; never when not said.
        retain: Option<Setting<u64>>,
        /// For how many milliseconds a message in work is hidden from others, where an engine has to be told.
        visibility: Option<Setting<u64>>,
    },
}

impl ChannelKind {
    /// The word of the language.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Queue { .. } => "queue",
        }
    }
}

/// The failure exit of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter {
    /// A queue of the author's, or the queue's own dead letters.
    pub to: Option<(Id<Channel>, SpanId)>,
    /// How often a handler is started before the message goes there; at least 1.
    pub after: Setting<u32>,
}

/// What flows from one channel to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// From this topic.
    pub from: Id<Channel>,
    /// To this channel.
    pub to: Id<Channel>,
    /// Only what fits all of these.
    pub filters: Vec<Filter>,
    /// The line.
    pub span: SpanId,
    /// What is written above the line.
    pub docs: Vec<SmolStr>,
}

/// A `where` between arrows.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The condition.
    pub predicate: Predicate,
    /// Where.
    pub span: SpanId,
}
