//! Channels: who gets a message, and what is kept, bounded and refused on the way.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Domain, Id, Key, Label, Reason, Setting, TypeDecl};

/// A channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Its name.
    pub label: Label,
    /// The domain that it belongs to, if there are any.
    pub domain: Option<Id<Domain>>,
    /// Topic, queue, bus or stream.
    pub kind: ChannelKind,
    /// `extern`: who is at the other end.
    pub external: Option<(Outside, SpanId)>,
    /// What it carries.
    pub carries: Id<TypeDecl>,
    /// Where that is written.
    pub carries_span: SpanId,
    /// What it keeps in order; messages overtake each other when nothing is said.
    pub order: Option<Order>,
    /// What else is promised about its messages.
    pub policy: Policy,
    /// Who answers for it.
    pub owner: Option<SmolStr>,
}

/// Who else is at an extern channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// `extern in`: somebody else sends.
    In,
    /// `extern out`: somebody else reads.
    Out,
    /// `extern`: either.
    Both,
}

impl Outside {
    /// As written.
    pub fn word(self) -> &'static str {
        match self {
            Self::In => "extern in",
            Self::Out => "extern out",
            Self::Both => "extern",
        }
    }
}

/// What is promised about the messages of a channel beside its kind and order; nothing when nothing is said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Policy {
    /// Messages with the same key stay in one lane.
    pub partition: Option<Order>,
    /// What is seen a second time is dropped.
    pub dedup: Option<Dedup>,
    /// How long a topic or a stream keeps what it was given, in milliseconds.
    pub retain: Option<Setting<u64>>,
    /// After how many milliseconds an unread message goes.
    pub expire: Option<Setting<u64>>,
    /// How many milliseconds every message is held back.
    pub delay: Option<Setting<u64>>,
    /// How long messages are kept for replay, in milliseconds.
    pub archive: Option<Setting<u64>>,
    /// How much fits in.
    pub capacity: Option<Capacity>,
    /// The lane stops after so many starts until a person helps.
    pub block_after: Option<Setting<u32>>,
    /// A message is given up after so many starts.
    pub drop_after: Option<(Setting<u32>, Reason)>,
    /// There is no dead letter queue.
    pub no_dead_letter: Option<Reason>,
    /// Where messages go that don't fit their type.
    pub invalid: Option<(Id<Channel>, SpanId)>,
    /// Whether messages are encrypted at rest.
    pub encrypt: Option<Encryption>,
    /// How many are handed out at once.
    pub batch: Option<Batch>,
}

/// `dedup by k for 5m`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dedup {
    /// What makes two messages the same, never empty.
    pub by: Key,
    /// For how long that is remembered, in milliseconds.
    pub window: u64,
    /// The clause.
    pub span: SpanId,
}

/// `capacity 10_000 else reject`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// How many messages fit in, at least 1.
    pub count: u32,
    /// What happens to one more.
    pub otherwise: WhenFull,
    /// The clause.
    pub span: SpanId,
}

/// What a full channel does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    /// The sender waits.
    Block,
    /// The sender is told.
    Reject,
    /// The oldest message makes room.
    DropOldest,
}

impl WhenFull {
    /// As written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Reject => "reject",
            Self::DropOldest => "drop oldest",
        }
    }
}

/// Whether messages are encrypted at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// They are.
    On(SpanId),
    /// They are not, and why.
    Off(Reason),
}

/// `batch 500 within 2s parallel by k split`, `batch 5MB | 60s`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// So many messages,
    pub count: Option<u32>,
    /// or so many bytes,
    pub bytes: Option<u64>,
    /// or what comes in so many milliseconds.
    pub within: Option<u64>,
    /// What is handled side by side inside a batch.
    pub parallel_by: Option<Key>,
    /// Whether a failing batch is cut in half to find what fails.
    pub split: bool,
    /// The clause.
    pub span: SpanId,
}

/// `fifo by ride_id`: messages with the same key stay in the order in which they were published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Fields of what the channel carries, never empty.
    pub by: Key,
    /// The clause.
    pub span: SpanId,
}

impl Order {
    /// The key as the author writes it: `ride_id`, or `(customer, ride_id)`.
    pub fn key(&self) -> String {
        key_text(&self.by)
    }
}

/// A key as the author writes it: `ride_id`, or `(customer, ride_id)`.
pub fn key_text(key: &[Vec<SmolStr>]) -> String {
    let paths: Vec<String> = key.iter().map(|path| path.join(".")).collect();
    match paths.as_slice() {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
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
    /// Every rule that matches.
    Bus,
    /// Every group of readers, each from its own place in the log.
    Stream,
}

impl ChannelKind {
    /// The word of the language.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Queue { .. } => "queue",
            Self::Bus => "bus",
            Self::Stream => "stream",
        }
    }

    /// Whether each of several readers gets every message, so that lines may lead out of it.
    pub fn copies(&self) -> bool {
        matches!(self, Self::Topic | Self::Bus | Self::Stream)
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
