//! Handlers and what they may do.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{
    Ask, Batch, Channel, DeadLetter, Id, Key, Label, Load, Rate, Retry, Saga, Service, Setting, Store,
    TypeDecl,
};

/// One unit of work of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Handler {
    /// Its name.
    pub label: Label,
    /// Whose it is.
    pub service: Id<Service>,
    /// What it is given; `None` when it takes nothing.
    pub input: Option<Id<TypeDecl>>,
    /// What the author calls it.
    pub input_name: Option<SmolStr>,
    /// Where the input stands.
    pub input_span: SpanId,
    /// The channel it listens on.
    pub on: Option<(Id<Channel>, SpanId)>,
    /// Other channels that it listens on as well.
    pub also_on: Vec<(Id<Channel>, SpanId)>,
    /// What it answers.
    pub reply: Option<Id<TypeDecl>>,
    /// Why it may say no: faults, in order.
    pub fails: Vec<(Id<TypeDecl>, SpanId)>,
    /// The stores it looks into.
    pub reads: Vec<StoreUse>,
    /// The stores it changes; it may look into them as well.
    pub writes: Vec<StoreUse>,
    /// What it may publish.
    pub emits: Vec<Emit>,
    /// The handlers of other services that it may call; it waits for them.
    pub calls: Vec<Call>,
    /// What it may ask over channels.
    pub asks: Vec<Ask>,
    /// The sagas that it may start.
    pub starts: Vec<(Id<Saga>, SpanId)>,
    /// Where a fault goes in the place of an answer.
    pub faults_to: Vec<(Id<Channel>, SpanId)>,
    /// What it takes back.
    pub undoes: Option<Undoes>,
    /// Fields of the input by which it refuses what was undone already; each a path.
    pub fence: Option<(Vec<Vec<SmolStr>>, SpanId)>,
    /// Nobody can take it back.
    pub irreversible: Option<SpanId>,
    /// How long it usually takes: shortest and longest, in milliseconds.
    pub takes: Option<Setting<(u64, u64)>>,
    /// Why it may run twice for one message.
    pub repetition: Option<Repetition>,
    /// How many run at once, where that is said; at least 1.
    pub concurrency: Option<Setting<u32>>,
    /// How long one run may take, in milliseconds.
    pub timeout: Setting<u64>,
    /// What it needs and is held to beside that.
    pub needs: Needs,
}

/// What a handler needs of its messages, and how many it takes; nothing when nothing is said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Needs {
    /// The order in which it needs its messages.
    pub order: Option<OrderNeed>,
    /// The fields of its message that it looks at.
    pub uses: Option<(Key, SpanId)>,
    /// How long it remembers every message that it has seen, in milliseconds.
    pub inbox: Option<Setting<u64>>,
    /// How many messages it takes at once.
    pub batch: Option<Batch>,
    /// On a stream: where a part goes that can't be handled, and whether it is cut out of its batch.
    pub dead_letter: Option<(DeadLetter, bool)>,
    /// It begins at the newest message of a stream.
    pub start_latest: Option<SpanId>,
    /// It gives up on a message that was passed on more often.
    pub max_hops: Option<Setting<u32>>,
    /// How much is expected.
    pub load: Option<Load>,
    /// How much is let in.
    pub limit: Option<Setting<Rate>>,
}

impl Needs {
    /// Whether a second delivery of a message is recognized: by an inbox, or since it is no later than the last.
    pub fn forgets_nothing(&self) -> bool {
        let if_later = |order: &OrderNeed| matches!(order.how, OrderKind::IfLater(_));
        self.inbox.is_some() || self.order.as_ref().is_some_and(if_later)
    }
}

/// `order by order_id strict`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderNeed {
    /// Among messages with the same key, never empty.
    pub by: Key,
    /// How much of it.
    pub how: OrderKind,
    /// The clause.
    pub span: SpanId,
}

/// How much order a handler needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderKind {
    /// Every message, none missing.
    Strict,
    /// Some may be missing.
    Gaps,
    /// One that is older than the last, by this field, is passed over.
    IfLater(SmolStr),
}

impl Handler {
    /// How many run at once when nothing is said.
    pub const CONCURRENCY: u32 = 16;

    /// How many run at once.
    pub fn at_once(&self) -> u32 {
        self.concurrency
            .map_or(Self::CONCURRENCY, |written| written.value)
    }
}

/// A store in an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreUse {
    /// Which.
    pub store: Id<Store>,
    /// Of a write: two of them may change places.
    pub commutative: bool,
    /// Where that is said.
    pub span: SpanId,
}

/// `emits M to ch [via outbox]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emit {
    /// What.
    pub message: Id<TypeDecl>,
    /// Where to.
    pub channel: Id<Channel>,
    /// Committed with the rows and sent afterwards.
    pub outbox: bool,
    /// Where that is said.
    pub span: SpanId,
}

/// `calls CardGateway.capture { timeout 3s, retry 2 backoff 500ms x2, breaker 5 within 1m, bulkhead 10 }`
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Of an extern service.
    pub handler: Id<Handler>,
    /// How long to wait for one answer, in milliseconds; written, or what the called handler may take.
    pub timeout: Setting<u64>,
    /// How often it is tried; once when nothing is said.
    pub retry: Retry,
    /// When calling stops for a while.
    pub breaker: Option<Breaker>,
    /// How many calls may be under way.
    pub bulkhead: Option<Setting<u32>>,
    /// Where that is said.
    pub span: SpanId,
}

/// `breaker 5 within 1m`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// So many failures, at least 1,
    pub failures: u32,
    /// in this time, in milliseconds, stop calls for as long.
    pub within: u64,
    /// Where that is said.
    pub span: SpanId,
}

/// `undoes capture by key`
#[derive(Debug, Clone, PartialEq)]
pub struct Undoes {
    /// Of the same service.
    pub handler: Id<Handler>,
    /// Fields of both inputs, never empty; each a path.
    pub by: Vec<Vec<SmolStr>>,
    /// Where that is said.
    pub span: SpanId,
}

/// Why a second run for the same message does no harm.
#[derive(Debug, Clone, PartialEq)]
pub enum Repetition {
    /// It is harmless by its nature.
    Natural {
        /// The author's reason.
        because: SmolStr,
        /// Where that is said.
        span: SpanId,
    },
    /// The second is recognized by a key and skipped.
    Idempotent {
        /// Fields of the input, never empty; each a path.
        by: Vec<Vec<SmolStr>>,
        /// How long the key is remembered, in milliseconds; for ever when not said.
        window: Option<u64>,
        /// Where that is said.
        span: SpanId,
    },
}
