//! What sagas do.

use aqueduct_dsl::source::SpanId;

use super::{Channel, Handler, Id, Mapping, Predicate, Saga, Store, TypeDecl};

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
        let ActionKind::Call { handler, .. } = self.kind else {
            return None;
        };
        Some(handler)
    }

    /// The saga that it begins, awaited or not.
    pub fn begun(&self) -> Option<Id<Saga>> {
        let (ActionKind::Child { saga, .. } | ActionKind::Start { saga, .. }) = self.kind else {
            return None;
        };
        Some(saga)
    }

    /// The message that it sends, and where to.
    pub fn emitted(&self) -> Option<(Id<TypeDecl>, Id<Channel>)> {
        let ActionKind::Emit { message, channel, .. } = self.kind else {
            return None;
        };
        Some((message, channel))
    }

    /// The message that it waits for, and where.
    pub fn awaited(&self) -> Option<(Id<TypeDecl>, Id<Channel>)> {
        let ActionKind::Receive { message, channel, .. } = self.kind else {
            return None;
        };
        Some((message, channel))
    }

    /// The store that it uses.
    pub fn store(&self) -> Option<Id<Store>> {
        match self.kind {
            ActionKind::Insert { store, .. }
            | ActionKind::Put { store, .. }
            | ActionKind::Update { store, .. }
            | ActionKind::Get { store, .. }
            | ActionKind::Delete { store, .. } => Some(store),
            ActionKind::Call { .. }
            | ActionKind::Receive { .. }
            | ActionKind::Child { .. }
            | ActionKind::Start { .. }
            | ActionKind::Emit { .. } => None,
        }
    }

    /// What it is made of: a handler's or a saga's input, a row, a key, a message. Nothing for what only waits.
    pub fn mapping(&self) -> Option<&Mapping> {
        match &self.kind {
            ActionKind::Call { input: mapping, .. }
            | ActionKind::Child { input: mapping, .. }
            | ActionKind::Start { input: mapping, .. }
            | ActionKind::Insert { row: mapping, .. }
            | ActionKind::Put { row: mapping, .. }
            | ActionKind::Update { row: mapping, .. }
            | ActionKind::Get { key: mapping, .. }
            | ActionKind::Delete { key: mapping, .. }
            | ActionKind::Emit { fields: mapping, .. } => Some(mapping),
            ActionKind::Receive { .. } => None,
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
        /// How it comes to an end.
        manner: Manner,
        /// Its input.
        input: Mapping,
    },
    /// `await Paid on payments where order_id == trip.trip_id`: the step's result is the message.
    Receive {
        /// What.
        message: Id<TypeDecl>,
        /// Where.
        channel: Id<Channel>,
        /// Over what the saga knows, and the message as `it`; others are somebody else's.
        only_if: Option<Predicate>,
    },
    /// `Insurance(trip_id: …)`: another saga runs to its end. When this one goes back, that one takes itself back.
    Child {
        /// Which.
        saga: Id<Saga>,
        /// The message that it begins with.
        input: Mapping,
    },
    /// `start Insurance(…)`: another saga begins, and nobody waits for it.
    Start {
        /// Which.
        saga: Id<Saga>,
        /// The message that it begins with.
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

/// How a handler that a saga calls comes to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It answers.
    Answer,
    /// `await`: it asks somebody, and that one completes the step later.
    Callback,
    /// `run`: it begins a job, and the job's end completes the step.
    Job,
    /// `reserve`: it holds something until that is confirmed, cancelled, or over.
    Hold,
}

impl Manner {
    /// The verb of the language; nothing for a plain call.
    pub fn verb(self) -> Option<&'static str> {
        match self {
            Self::Answer => None,
            Self::Callback => Some("await"),
            Self::Job => Some("run"),
            Self::Hold => Some("reserve"),
        }
    }
}
