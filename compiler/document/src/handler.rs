//! Handlers: what they are given, what they may do, and what they need.

use aqueduct_compiler::model::{self, Id};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::channel::{Batch, DeadLetter, batch};
use crate::conversation::Ask;
use crate::label::{Label, Setting, key, setting};
use crate::reader::Reader;
use crate::service::{Load, Rate, rate};
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

impl Reader<'_> {
    pub(crate) fn handler(&self, id: Id<model::Handler>) -> Handler {
        let handler = &self.model.handlers[id];
        let concurrency = handler
            .concurrency
            .unwrap_or_else(|| model::Setting::default_of(handler.at_once()));
        let model::Handler {
            label,
            service: _,
            input,
            input_name,
            input_span: _,
            on,
            also_on,
            reply,
            fails,
            reads,
            writes,
            emits,
            calls,
            asks,
            starts,
            faults_to,
            undoes,
            fence,
            irreversible,
            takes,
            repetition,
            concurrency: _,
            timeout,
            needs,
        } = handler;
        let channels = on.iter().chain(also_on);
        Handler {
            id: self.handler_id(id),
            label: self.label(label),
            input: input.map(|input| self.type_id(input)),
            input_name: input_name.as_ref().map(ToString::to_string),
            on: channels.map(|(channel, _)| self.channel_id(*channel)).collect(),
            reply: reply.map(|reply| self.type_id(reply)),
            fails: self.type_ids(fails),
            reads: reads.iter().map(|read| self.store_id(read.store)).collect(),
            writes: writes.iter().map(|write| self.write(*write)).collect(),
            emits: emits.iter().map(|emit| self.emit(*emit)).collect(),
            calls: calls.iter().map(|call| self.call(call)).collect(),
            asks: asks.iter().map(|ask| self.ask(ask)).collect(),
            starts: starts.iter().map(|(saga, _)| self.saga_id(*saga)).collect(),
            faults_to: faults_to
                .iter()
                .map(|(channel, _)| self.channel_id(*channel))
                .collect(),
            undoes: undoes.as_ref().map(|undoes| self.undoes(undoes)),
            fence_by: fence.as_ref().map(|(by, _)| key(by)),
            irreversible: irreversible.is_some(),
            takes: takes.map(|model::Setting { value, span }| Takes {
                min_ms: value.0,
                max_ms: value.1,
                default: !span.is_somewhere(),
            }),
            repetition: repetition.as_ref().map(Repetition::from),
            concurrency: concurrency.into(),
            timeout_ms: (*timeout).into(),
            needs: self.needs(needs),
        }
    }

    fn write(&self, of: model::StoreUse) -> Write {
        let model::StoreUse {
            store,
            commutative,
            span: _,
        } = of;
        Write {
            store: self.store_id(store),
            commutative,
        }
    }

    fn emit(&self, of: model::Emit) -> Emit {
        let model::Emit {
            message,
            channel,
            outbox,
            span: _,
        } = of;
        Emit {
            message: self.type_id(message),
            channel: self.channel_id(channel),
            outbox,
        }
    }

    fn call(&self, of: &model::Call) -> Call {
        let model::Call {
            handler,
            timeout,
            retry,
            breaker,
            bulkhead,
            span: _,
        } = of;
        let breaker = breaker.map(|breaker| {
            let model::Breaker {
                failures,
                within,
                span: _,
            } = breaker;
            Breaker {
                failures,
                within_ms: within,
            }
        });
        Call {
            handler: self.handler_id(*handler),
            timeout_ms: (*timeout).into(),
            retry: self.retry(retry),
            breaker,
            bulkhead: setting(*bulkhead),
        }
    }

    fn undoes(&self, of: &model::Undoes) -> Undoes {
        let model::Undoes { handler, by, span: _ } = of;
        Undoes {
            handler: self.handler_id(*handler),
            by: key(by),
        }
    }

    fn needs(&self, of: &model::Needs) -> Needs {
        let model::Needs {
            order,
            uses,
            inbox,
            batch: at_once,
            dead_letter,
            start_latest,
            max_hops,
            load,
            limit,
        } = of;
        Needs {
            order: order.as_ref().map(Order::from),
            uses: uses.as_ref().map(|(fields, _)| key(fields)),
            inbox_ms: setting(*inbox),
            batch: at_once.as_ref().map(batch),
            dead_letter: dead_letter.as_ref().map(|(to, _)| self.dead_letter(to)),
            bisect: dead_letter.as_ref().map(|(_, bisect)| *bisect),
            start_latest: start_latest.is_some(),
            max_hops: setting(*max_hops),
            load: load.map(Load::from),
            limit: limit.map(rate),
        }
    }
}

impl From<&model::OrderNeed> for Order {
    fn from(of: &model::OrderNeed) -> Self {
        let model::OrderNeed { by, how, span: _ } = of;
        Self {
            by: key(by),
            how: match how {
                model::OrderKind::Strict => OrderKind::Strict,
                model::OrderKind::Gaps => OrderKind::Gaps,
                model::OrderKind::IfLater(field) => OrderKind::IfLater {
                    field: field.to_string(),
                },
            },
        }
    }
}

impl From<&model::Repetition> for Repetition {
    fn from(of: &model::Repetition) -> Self {
        match of {
            model::Repetition::Natural { because, span: _ } => Self::Natural {
                because: because.to_string(),
            },
            model::Repetition::Idempotent { by, window, span: _ } => Self::Idempotent {
                by: key(by),
                window_ms: *window,
            },
        }
    }
}
