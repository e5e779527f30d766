//! Choreographies: the whole of a conversation, told from outside.

use aqueduct_compiler::model;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::label::{Label, Setting, key, setting};
use crate::reader::Reader;

/// A claim that is held against what handlers and sagas say.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Choreography {
    #[serde(flatten)]
    label: Label,
    /// What all of its messages have in common.
    by: Vec<String>,
    /// When it must have ended.
    deadline_ms: Option<Setting<u64>>,
    /// Who does what when, in order.
    turns: Vec<Turn>,
    /// The types of the messages of a good end.
    done: Vec<String>,
    /// The types of the messages of a bad one.
    failed: Vec<String>,
}

/// Who does what when.
#[derive(Debug, Serialize, JsonSchema)]
struct Turn {
    /// The types of messages that it begins with: one of these.
    after: Vec<String>,
    /// Who acts.
    party: Party,
    /// The types of messages that follow: one of these, or nothing.
    then: Vec<String>,
}

/// Who acts in a choreography.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Party {
    /// A handler that listens.
    Handler {
        /// Which.
        handler: String,
    },
    /// A saga that listens.
    Saga {
        /// Which.
        saga: String,
    },
}

impl Reader<'_> {
    pub(crate) fn choreography(&self, of: &model::Choreography) -> Choreography {
        let model::Choreography {
            label,
            by,
            by_span: _,
            deadline,
            turns,
            done,
            failed,
        } = of;
        Choreography {
            label: self.label(label),
            by: key(by),
            deadline_ms: setting(*deadline),
            turns: turns.iter().map(|turn| self.turn(turn)).collect(),
            done: self.type_ids(done),
            failed: self.type_ids(failed),
        }
    }

    fn turn(&self, of: &model::Turn) -> Turn {
        let model::Turn {
            after,
            party,
            party_span: _,
            then,
        } = of;
        Turn {
            after: self.type_ids(after),
            party: match party {
                model::Party::Handler(handler) => Party::Handler {
                    handler: self.handler_id(*handler),
                },
                model::Party::Saga(saga) => Party::Saga {
                    saga: self.saga_id(*saga),
                },
            },
            then: self.type_ids(then),
        }
    }
}
