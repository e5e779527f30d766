//! A system as resources of the cloud: plain values that the template only lays out.

use aqueduct_compiler::model::{Auth, Id, Model, Saga, Scalar, Shape, Store};

use super::channels::{LastQueue, Policy, Queue, Topic, last_queues, policies, queues, topics};
use super::functions::{Function, Statement, cut, listeners, statement};
use super::grants::{Resource, Work, grants, machine_grants, works};
use super::ids::Ids;
use super::machine::{Machine, machine};
use super::subscriptions::{Subscription, subscriptions};
use crate::QueryLanguage;

/// As long as a template's description may be, in bytes; a character has four at most.
const LONGEST_DESCRIPTION: usize = 1_024 / 4;

/// All of it.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) description: String,
    pub(super) api: Option<HttpApi>,
    pub(super) functions: Vec<Function>,
    pub(super) topics: Vec<Topic>,
    pub(super) queues: Vec<Queue>,
    pub(super) last_queues: Vec<LastQueue>,
    pub(super) policies: Vec<Policy>,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) tables: Vec<Table>,
    pub(super) machines: Vec<MachineResource>,
    /// Parameters that say where extern services are, and whose.
    pub(super) externals: Vec<(String, String)>,
    /// Whether anything is recognized by a key.
    pub(super) inbox: bool,
    /// Whether anything is sent after it was committed.
    pub(super) outbox: bool,
}

/// The HTTP edge.
#[derive(Debug)]
pub(super) struct HttpApi {
    /// Whether some operation wants a token.
    pub(super) jwt: bool,
}

/// The rows of a store.
#[derive(Debug)]
pub(super) struct Table {
    /// `Service.store`
    pub(super) name: String,
    pub(super) id: String,
    pub(super) variable: String,
    pub(super) key: String,
    /// Whether the key is a number.
    pub(super) number: bool,
}

/// The state machine of a saga with its role.
#[derive(Debug)]
pub(super) struct MachineResource {
    pub(super) machine: Machine,
    pub(super) id: String,
    pub(super) variable: String,
    /// What must be there before it runs: who hears what it publishes.
    pub(super) after: Vec<String>,
    pub(super) statements: Vec<Statement>,
}

impl MachineResource {
    fn of(
        model: &Model,
        ids: &Ids,
        subscriptions: &[Subscription],
        id: Id<Saga>,
        query: QueryLanguage,
    ) -> Self {
        let name = ids.saga(id);
        let grants = machine_grants(model, id);
        Self {
            machine: machine(model, ids, id, query),
            id: name.resource.clone(),
            variable: name.variable.clone(),
            after: listeners(&grants, ids, subscriptions),
            statements: grants
                .into_iter()
                .map(|grant| statement(model, grant, ids, &name.stem))
                .collect(),
        }
    }
}

impl Plan {
    pub(super) fn of(model: &Model, query: QueryLanguage) -> Self {
        let mut ids = Ids::of(model);
        let works = works(model);
        let touched = |resource| {
            let mut all = works.iter().flat_map(|work| grants(model, *work));
            all.any(|grant| grant.resource == resource)
        };
        let subscriptions = subscriptions(model, &mut ids);
        let outbox = works.contains(&Work::Publisher);
        let (queues, last_queues) = (queues(model, &ids), last_queues(model, &ids, outbox));
        Self {
            description: cut(&description(model), LONGEST_DESCRIPTION),
            api: (!model.apis.is_empty()).then(|| HttpApi {
                jwt: model
                    .apis
                    .values()
                    .any(|api| matches!(api.auth, Some(Auth::Jwt { .. }))),
            }),
            functions: works
                .iter()
                .map(|work| Function::of(model, &ids, &subscriptions, *work))
                .collect(),
            externals: model
                .external_services()
                .map(|(id, service)| (ids.external(id).resource.clone(), service.label.name.to_string()))
                .collect(),
            machines: model
                .sagas
                .ids()
                .map(|id| MachineResource::of(model, &ids, &subscriptions, id, query))
                .collect(),
            topics: topics(model, &ids),
            policies: policies(&queues, &last_queues, &subscriptions),
            queues,
            last_queues,
            subscriptions,
            tables: model.stores.ids().map(|id| table(model, &ids, id)).collect(),
            inbox: touched(Resource::Inbox),
            outbox,
        }
    }

    /// Whether some operation wants a token, so that the others have to say that they don't.
    pub(super) fn has_jwt(&self) -> bool {
        self.api.as_ref().is_some_and(|api| api.jwt)
    }
}

fn description(model: &Model) -> String {
    let first = model.docs.iter().find(|line| !line.is_empty());
    first.map_or_else(|| format!("The system {}.", model.name), ToString::to_string)
}

fn table(model: &Model, ids: &Ids, id: Id<Store>) -> Table {
    let store = &model.stores[id];
    let name = ids.store(id);
    // Several fields are refused before a target sees them.
    let key = store
        .key
        .first()
        .map(|(name, _)| name.as_str())
        .unwrap_or_default();
    let field = model.field(store.row, key);
    Table {
        name: model.store_name(id),
        id: name.resource.clone(),
        variable: name.variable.clone(),
        key: key.to_owned(),
        number: field
            .is_some_and(|field| matches!(model.resolve(&field.ty).shape, Shape::Scalar(Scalar::Int(_)))),
    }
}
