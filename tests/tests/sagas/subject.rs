//! A saga of a page, with what is declared of those who take part in it.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_compiler::facts::saga::contract::Contract;
use aqueduct_compiler::facts::saga::promises::contracts;
use aqueduct_compiler::model::{ActionKind, Model, Step, StepClass, Target};
use aqueduct_saga::definition::{Action, Saga, Value};
use aqueduct_saga::visit::steps;
use aqueduct_targets::saga::definition;
use aqueduct_tests::{analyzed, listed};
use serde_json::{Map, Value as Json, json};

/// A saga with those who take part in it.
pub(crate) struct Subject {
    pub(crate) saga: Saga,
    pub(crate) parts: BTreeMap<String, Part>,
    /// Whether the engine itself watches the deadline, and may be down for a while.
    pub(crate) watched: bool,
}

/// What is declared of a step and its undo.
pub(crate) struct Part {
    pub(crate) contract: Contract,
    pub(crate) class: StepClass,
    pub(crate) irreversible: bool,
    /// The stores that it changes.
    pub(crate) changes: BTreeSet<String>,
    /// How long its work may go on, in milliseconds.
    pub(crate) runs: u64,
    pub(crate) reply: Json,
    /// What its undo has to be told.
    pub(crate) undo_needs: Vec<String>,
}

impl Subject {
    /// The only saga of a text, whatever is wrong with it.
    pub(crate) fn of(text: &str, target: Target) -> Self {
        let (analysis, sources) = analyzed("page", text);
        let model = &analysis.model;
        let id = model.sagas.ids().next();
        let id = id.unwrap_or_else(|| panic!("no saga is read: {}", listed(&analysis, &sources)));
        let mut saga = definition(model, id);
        let watched = target == Target::Local;
        if !watched {
            // Step Functions has no clock for it: `docs/aws.md`.
            saga.deadline = None;
        }
        let parts = contracts(model, &model.sagas[id], target).into_iter();
        let mut parts: BTreeMap<String, Part> = parts
            .map(|(step, contract)| (step.label.name.to_string(), Part::of(model, step, contract)))
            .collect();
        steps(&saga.body, &mut |step| {
            let undo = step.undo.as_ref().map(|undo| &undo.action);
            if let Some(Action::Call {
                input: Value::Record(fields),
                ..
            }) = undo
            {
                let part = parts.get_mut(&step.name).expect("every step has its contract");
                part.undo_needs = fields.iter().map(|(name, _)| name.clone()).collect();
            }
        });
        Self { saga, parts, watched }
    }

    /// The names of its steps.
    pub(crate) fn steps(&self) -> BTreeSet<String> {
        self.parts.keys().cloned().collect()
    }
}

impl Part {
    fn of(model: &Model, step: &Step, contract: Contract) -> Self {
        let handler = step.action.called().map(|handler| &model.handlers[handler]);
        let reply = handler.and_then(|handler| handler.reply).map(|reply| {
            let fields = model.fields(reply).iter();
            let values = fields.map(|field| (field.label.name.to_string(), json!("told")));
            Json::Object(values.collect::<Map<String, Json>>())
        });
        let stores = match (&step.action.kind, handler) {
            (_, Some(handler)) => handler.writes.iter().map(|used| used.store).collect(),
            (
                ActionKind::Insert { store, .. }
                | ActionKind::Put { store, .. }
                | ActionKind::Update { store, .. }
                | ActionKind::Delete { store, .. },
                None,
            ) => vec![*store],
            _ => Vec::new(),
        };
        Self {
            contract,
            class: step.class,
            irreversible: step.irreversible.is_some()
                || handler.is_some_and(|handler| handler.irreversible.is_some()),
            changes: stores.into_iter().map(|store| model.store_name(store)).collect(),
            runs: handler.map_or(0, |handler| handler.timeout.value),
            reply: reply.unwrap_or_default(),
            undo_needs: Vec::new(),
        }
    }
}
