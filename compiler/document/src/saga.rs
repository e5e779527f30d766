//! Sagas: steps that are all done, or taken back, or stuck where a person sees it.

use aqueduct_compiler::model::{self, Id};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::action::Action;
use crate::label::{Label, Setting, key, setting};
use crate::reader::Reader;
use crate::statement::{Again, OnFault, Statement};
use crate::value::{Computed, Mapping};

/// A saga of a service.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Saga {
    /// Its name in full: what refers to it says this.
    id: String,
    #[serde(flatten)]
    label: Label,
    /// The type of the message that it starts with.
    input: String,
    /// What the author calls that.
    input_name: String,
    /// The queue that starts it; absent when requests, handlers or other sagas do.
    on: Option<String>,
    /// Fields of the input that tell runs apart.
    by: Vec<String>,
    /// The type of what it answers.
    reply: Option<String>,
    /// What the answer is made of.
    answer: Option<Mapping>,
    /// The faults that it may end with.
    faults: Vec<String>,
    /// Who knows where it stands.
    style: Style,
    /// No step is begun later than this after the start.
    deadline_ms: Option<Setting<u64>>,
    /// How many run at once.
    concurrency: Option<Setting<u32>>,
    /// In order.
    body: Vec<Statement>,
    /// What failures lead to wherever they happen.
    on_fault: Vec<OnFault>,
    /// Failures that are tried again wherever they happen.
    again: Vec<Again>,
    /// What follows a good end.
    done: Option<Ending>,
    /// What follows when everything is taken back.
    failed: Option<Ending>,
}

/// Who knows where a saga stands.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Style {
    /// A coordinator with a log.
    Coordinated,
    /// The message that travels.
    Slip {
        /// Which steps are taken, in which order: a list of their names.
        route: Computed,
        /// The steps that a route may name.
        steps: Vec<String>,
    },
}

/// What follows an end.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
struct Ending {
    /// The type of the message that tells of it.
    message: Option<String>,
    /// What is done, in order; each is tried until it is done.
    actions: Vec<Action>,
}

impl Reader<'_> {
    pub(crate) fn saga(&self, id: Id<model::Saga>) -> Saga {
        let model::Saga {
            label,
            service: _,
            input,
            input_name,
            input_span: _,
            on,
            by,
            by_span: _,
            reply,
            answer,
            faults,
            style,
            deadline,
            concurrency,
            body,
            on_fault,
            again,
            done,
            failed,
        } = &self.model.sagas[id];
        Saga {
            id: self.saga_id(id),
            label: self.label(label),
            input: self.type_id(*input),
            input_name: input_name.to_string(),
            on: on.map(|(channel, _)| self.channel_id(channel)),
            by: key(by),
            reply: reply.map(|(reply, _)| self.type_id(reply)),
            answer: answer.as_ref().map(Mapping::from),
            faults: self.type_ids(faults),
            style: style.into(),
            deadline_ms: setting(*deadline),
            concurrency: setting(*concurrency),
            body: self.statements(body),
            on_fault: self.on_fault(on_fault),
            again: self.again(again),
            done: done.as_ref().map(|ending| self.ending(ending)),
            failed: failed.as_ref().map(|ending| self.ending(ending)),
        }
    }

    fn ending(&self, of: &model::Ending) -> Ending {
        let model::Ending {
            message,
            actions,
            span: _,
        } = of;
        Ending {
            message: message.map(|(message, _)| self.type_id(message)),
            actions: actions.iter().map(|action| self.action(action)).collect(),
        }
    }
}

impl From<&model::Style> for Style {
    fn from(of: &model::Style) -> Self {
        match of {
            model::Style::Coordinated => Self::Coordinated,
            model::Style::Slip {
                span: _,
                route,
                steps,
            } => Self::Slip {
                route: route.into(),
                steps: steps.iter().map(|(name, _)| name.to_string()).collect(),
            },
        }
    }
}
