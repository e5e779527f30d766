//! What sagas do.

use aqueduct_compiler::model;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::reader::Reader;
use crate::value::{Condition, Mapping};
use crate::words::Manner;

/// What a step, an undo or an ending does.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Action {
    /// Calls a handler.
    Call {
        /// Which.
        handler: String,
        /// How it comes to an end.
        manner: Manner,
        /// Its input.
        input: Mapping,
    },
    /// Waits for a message, which is the step's result.
    Receive {
        /// The type of the message.
        message: String,
        /// Where it comes.
        channel: String,
        /// Over what the saga knows, and the message as `it`; others are somebody else's.
        only_if: Option<Condition>,
    },
    /// Runs another saga to its end.
    Child {
        /// Which.
        saga: String,
        /// The message that it begins with.
        input: Mapping,
    },
    /// Begins another saga, and doesn't wait for it.
    Start {
        /// Which.
        saga: String,
        /// The message that it begins with.
        input: Mapping,
    },
    /// Writes a row that must not be there.
    Insert {
        /// Where.
        store: String,
        /// The whole row.
        row: Mapping,
    },
    /// Writes a row.
    Put {
        /// Where.
        store: String,
        /// The whole row.
        row: Mapping,
    },
    /// Changes a row that must be there.
    Update {
        /// Where.
        store: String,
        /// The key and the fields that change.
        row: Mapping,
        /// Over the row as it is; when it doesn't hold, that is a failure.
        only_if: Option<Condition>,
    },
    /// Reads a row, which is the step's result.
    Get {
        /// Where.
        store: String,
        /// The key.
        key: Mapping,
    },
    /// Takes a row away.
    Delete {
        /// Where.
        store: String,
        /// The key.
        key: Mapping,
    },
    /// Sends a message.
    Emit {
        /// The type of the message.
        message: String,
        /// Where to.
        channel: String,
        /// Its fields.
        fields: Mapping,
    },
}

impl Reader<'_> {
    pub(crate) fn action(&self, of: &model::Action) -> Action {
        let model::Action { kind, span: _ } = of;
        match kind {
            model::ActionKind::Call {
                handler,
                manner,
                input,
            } => Action::Call {
                handler: self.handler_id(*handler),
                manner: (*manner).into(),
                input: input.into(),
            },
            model::ActionKind::Receive {
                message,
                channel,
                only_if,
            } => Action::Receive {
                message: self.type_id(*message),
                channel: self.channel_id(*channel),
                only_if: only_if.as_ref().map(Condition::from),
            },
            model::ActionKind::Child { saga, input } => Action::Child {
                saga: self.saga_id(*saga),
                input: input.into(),
            },
            model::ActionKind::Start { saga, input } => Action::Start {
                saga: self.saga_id(*saga),
                input: input.into(),
            },
            model::ActionKind::Insert { store, row } => Action::Insert {
                store: self.store_id(*store),
                row: row.into(),
            },
            model::ActionKind::Put { store, row } => Action::Put {
                store: self.store_id(*store),
                row: row.into(),
            },
            model::ActionKind::Update { store, row, only_if } => Action::Update {
                store: self.store_id(*store),
                row: row.into(),
                only_if: only_if.as_ref().map(Condition::from),
            },
            model::ActionKind::Get { store, key } => Action::Get {
                store: self.store_id(*store),
                key: key.into(),
            },
            model::ActionKind::Delete { store, key } => Action::Delete {
                store: self.store_id(*store),
                key: key.into(),
            },
            model::ActionKind::Emit {
                message,
                fields,
                channel,
            } => Action::Emit {
                message: self.type_id(*message),
                channel: self.channel_id(*channel),
                fields: fields.into(),
            },
        }
    }
}
