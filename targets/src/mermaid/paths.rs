//! The ways through a saga as sequence diagrams: the good one, and one for each thing that can fail.

use aqueduct_compiler::model::{Id, Model, Saga as Declared};
use aqueduct_saga::definition::Saga;
use aqueduct_saga::{Deed, Task};
use serde_json::Value;

use super::play::{Plan, play};
use super::sequence::Sequence;
use super::staging::Staging;
use super::words;
use crate::{Origin, rendered, samples};

/// One way through a saga.
#[derive(Debug)]
pub struct Path {
    /// What it is asked for with: `ok`, or `STEP=FAULT`.
    pub name: String,
    /// What happens, for people: `charge fails with CaptureRefused`.
    pub what: String,
    /// The diagram.
    pub diagram: String,
}

impl Path {
    /// The same as the heading of a section.
    pub fn heading(&self) -> String {
        let mut letters = self.what.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        // A step's name stays as it is written.
        if self.name == "ok" || self.name.starts_with("fail_") {
            first.chain(letters).collect()
        } else {
            self.what.clone()
        }
    }
}

/// All ways through a saga: the good one first, then what can fail in the order of the text.
///
/// A saga is played by what runs it; there are none of one that nothing runs yet.
pub fn paths(model: &Model, id: Id<Declared>, origin: &Origin) -> Vec<Path> {
    if !crate::saga::is_told(model, id) {
        return Vec::new();
    }
    let saga = crate::saga::definition(model, id);
    let failing = |step: &str| {
        let step = model.sagas[id].step(step);
        step.map(|step| words::failing(model, step)).unwrap_or_default()
    };
    let plans = std::iter::once(Plan::default()).chain(Plan::all(&saga, &failing));
    plans.map(|plan| path(model, id, &saga, &plan, origin)).collect()
}

fn path(model: &Model, id: Id<Declared>, saga: &Saga, plan: &Plan, origin: &Origin) -> Path {
    let declared = &model.sagas[id];
    let (name, what) = match (&plan.given_up, plan.fails.last()) {
        (Some((statement, fault)), _) => (
            format!("{}={fault}", words::own_id(statement)),
            format!("it fails with {fault}"),
        ),
        (None, Some((step, failing))) if failing.known => (
            format!("{step}={}", failing.name),
            format!("{step} fails with {}", failing.name),
        ),
        (None, Some((step, failing))) => (
            format!("{step}={}", failing.name),
            format!("{step} gets no answer"),
        ),
        (None, None) => ("ok".to_owned(), "everything goes well".to_owned()),
    };
    let title = format!("{}, {what}", declared.label.name);
    let input = samples::message(model, declared.input);
    let (scenes, state) = play(saga, input, plan, |task| output(model, task));
    let staging = Staging::new(saga, &declared.label.name, Sequence::new(origin.header(), title));
    let sequence = staging.draw(&model.types[declared.input].label.name, &scenes, &state);
    Path {
        name,
        what,
        diagram: rendered(&sequence),
    }
}

/// What a step gives when it succeeds, made from its type.
fn output(model: &Model, task: &Task) -> Value {
    match &task.deed {
        Some(Deed::Call { handler, .. }) => {
            let called = model
                .handlers
                .ids()
                .find(|id| model.handler_name(*id) == *handler);
            let reply = called.and_then(|id| model.handlers[id].reply);
            reply.map_or(Value::Null, |reply| samples::message(model, reply))
        }
        Some(Deed::Get { at }) => {
            let table = model.stores.ids().find(|id| model.store_name(*id) == at.table);
            table.map_or(Value::Null, |id| samples::message(model, model.stores[id].row))
        }
        _ => Value::Null,
    }
}
