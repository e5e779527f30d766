//! `machines/<saga>.asl.json`: a saga as a state machine of Step Functions.
//!
//! Forward states first, then those that take steps back, then the ends. Every error leads somewhere: a declared fault
//! to the undo of the steps before, anything else to the undo of the step itself, since nobody knows what it did.

mod back;
mod condition;
mod dialect;
mod ends;
mod flow;
mod parallel;
mod scope;
mod states;
mod task;
mod typed;
mod walk;

use aqueduct_compiler::model::{Id, Model, Saga};
use serde_json::Value as Json;

use super::grants::{Resource, Work};
use super::ids::Ids;
use crate::QueryLanguage;
use crate::saga::definition;

/// A state machine.
#[derive(Debug)]
pub(super) struct Machine {
    /// `Service.Saga`
    pub(super) name: String,
    /// Its file in `aws/`.
    pub(super) file: String,
    /// The states.
    pub(super) definition: Json,
    /// What the names in `${}` stand for: name and intrinsic, in the order of their names.
    pub(super) substitutions: Vec<(String, String)>,
}

/// The machine of a saga.
pub(super) fn machine(model: &Model, ids: &Ids, id: Id<Saga>, query: QueryLanguage) -> Machine {
    let saga = definition(model, id);
    let (definition, used) = flow::machine(model, ids, id, &saga, query);
    let mut substitutions: Vec<_> = used
        .into_iter()
        .filter_map(|resource| substitution(ids, resource))
        .collect();
    substitutions.sort();
    Machine {
        file: format!("machines/{}.asl.json", file_name(&saga.name)),
        name: saga.name,
        definition,
        substitutions,
    }
}

/// `CustomerAccounting.FareCollection` is in `customer_accounting.fare_collection.asl.json`.
fn file_name(name: &str) -> String {
    use heck::ToSnakeCase;
    let parts: Vec<String> = name.split('.').map(ToSnakeCase::to_snake_case).collect();
    parts.join(".")
}

/// The name in `${}` of a thing, and what it stands for.
fn substitution(ids: &Ids, resource: Resource) -> Option<(String, String)> {
    let reference = |name: &str| (name.to_owned(), format!("Ref: {name}"));
    Some(match resource {
        Resource::Table(store) => reference(&ids.store(store).resource),
        Resource::Channel(channel) => reference(&ids.channel(channel).resource),
        Resource::Function(handler) => {
            let id = format!("{}Function", ids.function(Work::Handler(handler)));
            let arn = format!("Fn::GetAtt: [{id}, Arn]");
            (id, arn)
        }
        Resource::StuckSagas => reference("StuckSagas"),
        Resource::Inbox
        | Resource::Outbox
        | Resource::OutboxStream
        | Resource::OutboxFailures
        | Resource::Machine(_)
        | Resource::Log => return None,
    })
}
