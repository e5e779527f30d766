//! What sagas do, and the values that they make it with.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Channel, Constant, Handler, Id, Predicate, Store, TypeDecl};

/// What a step, an undo or an ending does.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// What.
    pub kind: ActionKind,
    /// The whole.
    pub span: SpanId,
}

impl Action {
    /// The handler that it calls.
    pub fn called(&self) -> Option<Id<Handler>> {
        match self.kind {
            ActionKind::Call { handler, .. } => Some(handler),
            ActionKind::Insert { .. }
            | ActionKind::Put { .. }
            | ActionKind::Update { .. }
            | ActionKind::Get { .. }
            | ActionKind::Delete { .. }
            | ActionKind::Emit { .. } => None,
        }
    }

    /// The message that it sends, and where to.
    pub fn emitted(&self) -> Option<(Id<TypeDecl>, Id<Channel>)> {
        match self.kind {
            ActionKind::Emit { message, channel, .. } => Some((message, channel)),
            ActionKind::Call { .. }
            | ActionKind::Insert { .. }
            | ActionKind::Put { .. }
            | ActionKind::Update { .. }
            | ActionKind::Get { .. }
            | ActionKind::Delete { .. } => None,
        }
    }

    /// The store that it uses.
    pub fn store(&self) -> Option<Id<Store>> {
        match self.kind {
            ActionKind::Insert { store, .. }
            | ActionKind::Put { store, .. }
            | ActionKind::Update { store, .. }
            | ActionKind::Get { store, .. }
            | ActionKind::Delete { store, .. } => Some(store),
            ActionKind::Call { .. } | ActionKind::Emit { .. } => None,
        }
    }

    /// What it is made of: a handler's input, a row, a key, a message.
    pub fn mapping(&self) -> &Mapping {
        match &self.kind {
            ActionKind::Call { input: mapping, .. }
            | ActionKind::Insert { row: mapping, .. }
            | ActionKind::Put { row: mapping, .. }
            | ActionKind::Update { row: mapping, .. }
            | ActionKind::Get { key: mapping, .. }
            | ActionKind::Delete { key: mapping, .. }
            | ActionKind::Emit { fields: mapping, .. } => mapping,
        }
    }
}

/// The kinds of action.
#[derive(Debug, Clone, PartialEq)]
pub enum ActionKind {
    /// `Payments.capture(key: …)`
    Call {
        /// Of a service of the system, never of an extern one.
        handler: Id<Handler>,
        /// Its input.
        input: Mapping,
    },
    /// `insert fares(…)`: a row that must not be there.
    Insert {
        /// Of the saga's service.
        store: Id<Store>,
        /// The whole row.
        row: Mapping,
    },
    /// `put fares(…)`
    Put {
        /// Of the saga's service.
        store: Id<Store>,
        /// The whole row.
        row: Mapping,
    },
    /// `update fares(ride_id: …, status: failed) [where …]`: a row that must be there.
    Update {
        /// Of the saga's service.
        store: Id<Store>,
        /// The key and the fields that change.
        row: Mapping,
        /// Over the row as it is; when it doesn't hold nothing is changed, and that is a failure.
        only_if: Option<Predicate>,
    },
    /// `get fares(ride_id: …)`: the step's result is the row.
    Get {
        /// Of the saga's service.
        store: Id<Store>,
        /// The key.
        key: Mapping,
    },
    /// `delete fares(ride_id: …)`
    Delete {
        /// Of the saga's service.
        store: Id<Store>,
        /// The key.
        key: Mapping,
    },
    /// `emit FareCollected(…) to fare_outcomes`
    Emit {
        /// What.
        message: Id<TypeDecl>,
        /// Its fields.
        fields: Mapping,
        /// Where to.
        channel: Id<Channel>,
    },
}

/// What a record is made of: spreads are filled in, every required field is there, defaults that aren't written are
/// not.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// Name, value and place, in the order of the target's fields.
    pub fields: Vec<(SmolStr, Value)>,
    /// The parentheses.
    pub span: SpanId,
}

/// A value made from what a saga or a scenario knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where.
    pub span: SpanId,
}

/// The kinds of value.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// `ride.ride_id`: first the saga's input, a step or `error` (whose fields are `name` and `message`), then fields.
    Path(Vec<SmolStr>),
    /// What stands for itself; an enum's value is a text.
    Constant(Constant),
    /// `new()`: an id, the same each time that the step is tried.
    New,
    /// `now()`: the time at which the step is begun.
    Now,
    /// `[a, b]`
    List(Vec<Value>),
    /// `(a: 1, b: 2)` and what a spread of a whole record makes.
    Record(Mapping),
}
