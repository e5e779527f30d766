//! Handlers: what they are given, what they may do, and what they need.

mod read;

use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::channel::{Batch, DeadLetter};
use crate::conversation::Ask;
use crate::label::{Label, Setting};
use crate::service::{Load, Rate};
use crate::statement::Retry;

/// One unit of work of a service.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Handler {
    /// Its name in full: what refers to it says this.
    id: String,
    #[serde(flatten)]
    label: Label,
    /// The type of what it is given; absent when it takes nothing.
    input: Option<String>,
    /// What the author calls that.
    input_name: Option<String>,
    /// The channels that it listens on.
    on: Vec<String>,
    /// The type of what it answers.
    reply: Option<String>,
    /// The faults with which it may say no.
    fails: Vec<String>,
    /// The stores that it looks into.
    reads: Vec<String>,
    /// The stores that it changes; it may look into them as well.
    writes: Vec<Write>,
    /// What it may publish.
    emits: Vec<Emit>,
    /// The handlers of other services that it may call; it waits for them.
    calls: Vec<Call>,
    /// What it may ask over channels.
    asks: Vec<Ask>,
    /// The sagas that it may start.
    starts: Vec<String>,
    /// The channels to which a fault goes in the place of an answer.
    faults_to: Vec<String>,
    /// What it takes back.
    undoes: Option<Undoes>,
    /// Fields of the input by which it refuses what was undone already.
    fence_by: Option<Vec<String>>,
    /// Nobody can take it back.
    irreversible: bool,
    /// How long it usually takes.
    takes: Option<Takes>,
    /// Why a second run for one message does no harm.
    repetition: Option<Repetition>,
    /// How many run at once.
    concurrency: Setting<u32>,
    /// How long one run may take.
    timeout_ms: Setting<u64>,
    #[serde(flatten)]
    needs: Needs,
}

/// A store that is changed.
#[derive(Debug, Serialize, JsonSchema)]
struct Write {
    /// Which.
    store: String,
    /// Two of these changes may change places.
    commutative: bool,
}

/// What may be published.
#[derive(Debug, Serialize, JsonSchema)]
struct Emit {
    /// The type of the message.
    message: String,
    /// Where to.
    channel: String,
    /// It is committed with the rows and sent afterwards.
    outbox: bool,
}

/// A call of a handler of another service.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
struct Call {
    /// Which.
    handler: String,
    /// How long to wait for one answer.
    timeout_ms: Setting<u64>,
    /// How often it is tried.
    retry: Retry,
    /// When calling stops for a while.
    breaker: Option<Breaker>,
    /// How many calls may be under way.
    bulkhead: Option<Setting<u32>>,
}

/// When calling stops for a while.
#[derive(Debug, Serialize, JsonSchema)]
struct Breaker {
    /// So many failures
    failures: u32,
    /// in this time stop calls for as long.
    within_ms: u64,
}

/// What is taken back.
#[derive(Debug, Serialize, JsonSchema)]
struct Undoes {
    /// A handler of the same service.
    handler: String,
    /// Fields of both inputs that tell which run.
    by: Vec<String>,
}

/// How long something usually takes.
#[derive(Debug, Serialize, JsonSchema)]
struct Takes {
    /// The shortest time.
    min_ms: u64,
    /// The longest time.
    max_ms: u64,
    /// There, and true, when nobody has written it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    default: bool,
}

/// Why a second run for the same message does no harm.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Repetition {
    /// It is harmless by its nature.
    Natural {
        /// The author's reason.
        because: String,
    },
    /// The second is recognized by a key and skipped.
    Idempotent {
        /// Fields of the input.
        by: Vec<String>,
        /// How long the key is remembered; for ever when absent.
        window_ms: Option<u64>,
    },
}

/// What a handler needs of its messages, and how many it takes.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
struct Needs {
    /// The order in which it needs its messages.
    order: Option<Order>,
    /// The fields of its message that it looks at; absent when it may look at all.
    uses: Option<Vec<String>>,
    /// How long it remembers every message that it has seen.
    inbox_ms: Option<Setting<u64>>,
    /// How many messages it takes at once.
    batch: Option<Batch>,
    /// On a stream: where a part goes that can't be handled.
    dead_letter: Option<DeadLetter>,
    /// On a stream: what can't be handled is cut out of its batch.
    bisect: Option<bool>,
    /// It begins at the newest message of a stream.
    start_latest: bool,
    /// It gives up on a message that was passed on more often.
    max_hops: Option<Setting<u32>>,
    /// How much is expected.
    load: Option<Load>,
    /// How much is let in.
    limit: Option<Setting<Rate>>,
}

/// An order that a handler needs.
#[derive(Debug, Serialize, JsonSchema)]
struct Order {
    /// Among messages with the same values of these fields.
    by: Vec<String>,
    #[serde(flatten)]
    how: OrderKind,
}

/// How much order a handler needs.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum OrderKind {
    /// Every message, none missing.
    Strict,
    /// Some may be missing.
    Gaps,
    /// One that is older than the last is passed over.
    IfLater {
        /// The field that says how old it is.
        field: String,
    },
}
