//! Handlers and what they may do.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Channel, Id, Label, Retry, Service, Setting, Store, TypeDecl};

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
    /// The handlers of extern services that it may call.
    pub calls: Vec<Call>,
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
