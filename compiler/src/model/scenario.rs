//! Samples and scenarios: what is given, what happens, what must be true then.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Asked, Channel, Handler, Id, Label, Mapping, Method, Saga, Scatter, Store, TypeDecl, Value};

/// `sample long_ride = SubmitRide(…)`
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its name.
    pub label: Label,
    /// What it is a value of.
    pub ty: Id<TypeDecl>,
    /// The value, complete.
    pub value: Mapping,
}

/// `scenario "…" { }`
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its title.
    pub title: SmolStr,
    /// The title.
    pub span: SpanId,
    /// The lines of its documentation.
    pub docs: Vec<SmolStr>,
    /// In the order of the text.
    pub lines: Vec<Line>,
}

/// One line of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it says.
    pub kind: LineKind,
    /// The whole.
    pub span: SpanId,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub enum LineKind {
    /// `given …`
    Given(Given),
    /// `when …`
    When(When),
    /// `then …`, `never …`
    Then(Then),
}

/// What is not as usual.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// `given H fails F [times n]`
    Fails {
        /// Of a service of the system or of an extern one.
        handler: Id<Handler>,
        /// One that it declares.
        fault: Id<TypeDecl>,
        /// How often; always when not said.
        times: Option<u32>,
    },
    /// `given H delays 10s [for n]`
    Delays {
        /// Which.
        handler: Id<Handler>,
        /// In milliseconds.
        time: u64,
        /// How often; always when not said.
        times: Option<u32>,
    },
    /// `given H silent [for n]`: never answers, though it may have done its work.
    Silent {
        /// Which.
        handler: Id<Handler>,
        /// How often; always when not said.
        times: Option<u32>,
    },
    /// `given H stops`: takes nothing until the end of the scenario.
    Stops {
        /// Which.
        handler: Id<Handler>,
    },
    /// `given H crashes after commit [times n]`: does its work, and nobody hears of it.
    Crashes {
        /// Which.
        handler: Id<Handler>,
        /// How often; once when not said.
        times: u32,
    },
    /// `given H answers M(…)`
    Answers {
        /// Which.
        handler: Id<Handler>,
        /// Its whole reply.
        reply: Mapping,
    },
    /// `given ch duplicates n`: each message comes this often in all.
    Duplicates {
        /// A queue or topic.
        channel: Id<Channel>,
        /// At least 2.
        count: u32,
    },
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// `when POST "/x" body [returns n] [as r]`
    Request {
        /// The method.
        method: Method,
        /// The path as it is sent.
        path: SmolStr,
        /// What is sent.
        body: Option<Value>,
        /// Which status is wanted; any that is no failure when not said.
        returns: Option<u16>,
        /// The answer's name in later lines.
        name: Option<SmolStr>,
    },
    /// `when publish M(…) to ch [times n] [as m]`
    Publish {
        /// What.
        message: Id<TypeDecl>,
        /// Its fields.
        fields: Mapping,
        /// Where to.
        channel: Id<Channel>,
        /// How often, 1 when not said.
        times: u32,
        /// The message's name in later lines.
        name: Option<SmolStr>,
    },
    /// `when clock advances 10s`, in milliseconds.
    Advance(u64),
    /// `when Booking starts TripBooking(…)`
    Starts {
        /// Which.
        saga: Id<Saga>,
        /// What it begins with.
        input: Mapping,
    },
    /// `when Booking place(…)`: a handler is called as if by its service.
    Does {
        /// Which.
        handler: Id<Handler>,
        /// What it is given.
        input: Mapping,
    },
}

/// What a scenario looks at and compares.
#[derive(Debug, Clone, PartialEq)]
pub enum Looked {
    /// `quotes.status(rfq.rfq_id)`
    Scatter(Id<Scatter>, Asked),
    /// `TripBooking.status(trip.trip_id)`
    Saga(Id<Saga>, Asked),
    /// `r.fare`: an earlier answer, or a part of one.
    Answer(Vec<SmolStr>),
}

/// What must be true.
#[derive(Debug, Clone, PartialEq)]
pub enum Then {
    /// `then ch receives n`
    Receives {
        /// A queue or topic.
        channel: Id<Channel>,
        /// How many messages, exactly.
        count: u32,
    },
    /// `then ch drops n`
    Drops {
        /// Any channel.
        channel: Id<Channel>,
        /// How many messages, exactly.
        count: u32,
    },
    /// `then H skipped n`: this often it passed a message over.
    Skipped {
        /// Which.
        handler: Id<Handler>,
        /// Exactly.
        count: u32,
    },
    /// `then x is (…)`
    Is {
        /// What is looked at.
        what: Looked,
        /// Of a scatter or a saga: which one.
        key: Vec<Value>,
        /// What it must be, as far as it is said.
        expected: Value,
    },
    /// `never ch receives`
    NeverReceives {
        /// A queue or topic.
        channel: Id<Channel>,
    },
    /// `then H applied n`: this often it did its work to the end.
    Applied {
        /// Which.
        handler: Id<Handler>,
        /// Exactly.
        count: u32,
    },
    /// `then S done [within d]`
    Done {
        /// Which.
        saga: Id<Saga>,
        /// Counted from the start of the scenario's last `when`, in milliseconds.
        within: Option<u64>,
    },
    /// `then S failed [with F] [undone [a, b]] [within d]`
    Failed {
        /// Which.
        saga: Id<Saga>,
        /// The name of the failure: a declared fault, `Timeout`, `Deadline`, `Unknown`.
        with: Option<SmolStr>,
        /// Steps in the order in which they are taken back: all of them.
        undone: Option<Vec<SmolStr>>,
        /// Counted from the start of the scenario's last `when`, in milliseconds.
        within: Option<u64>,
    },
    /// `then S.store has (…)`
    Has {
        /// Of any service.
        store: Id<Store>,
        /// Fields that some row has, all of them.
        fields: Mapping,
    },
    /// `then S.store lacks (…)`
    Lacks {
        /// Of any service.
        store: Id<Store>,
        /// Fields that no row has, all of them together.
        fields: Mapping,
    },
    /// `never ch carries "text"`, `never log carries "text"`
    NeverCarries {
        /// A queue or topic; `None` for everything that the program logs, stores and sends.
        channel: Option<Id<Channel>>,
        /// What must not be seen.
        text: SmolStr,
    },
}
