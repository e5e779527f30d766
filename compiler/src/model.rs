//! The typed model: what a system is, free of any syntax.
//!
//! Plain data. Every reference is an id into one of the tables, in the order of declaration. What could not be
//! resolved is absent and has a diagnostic, so that rules never meet half a thing.

mod action;
mod api;
mod channel;
mod choreography;
mod conversation;
mod domain;
mod handler;
mod predicate;
mod route;
mod saga;
mod scenario;
mod service;
mod statement;
mod step;
mod table;
mod target;
mod types;
mod value;

use std::collections::BTreeSet;

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

pub use action::{Action, ActionKind, Manner};
pub use api::{Api, ApiTarget, Asked, Auth, Method, PathSegment, PathTemplate};
pub use channel::{
    Batch, Capacity, Channel, ChannelKind, DeadLetter, Dedup, Encryption, Order, Outside, Policy, WhenFull,
    key_text,
};
pub use choreography::{Choreography, Party, Turn};
pub use conversation::{Ask, Enough, Gather, ReplyOn, Scatter, Tentative};
pub use domain::{Allowance, Assumption, Domain, Governance, Outcome, Settings, TargetSetting};
pub use handler::{Breaker, Call, Emit, Handler, Needs, OrderKind, OrderNeed, Repetition, StoreUse, Undoes};
pub use predicate::{
    Comparison, Constant, FieldPath, Operand, Predicate, PredicateKind, TextTest, duration_text,
};
pub use route::{
    Aggregate, Arm, Choose, Converter, Filter, Late, Otherwise, Patience, Route, Stage, StageKind,
};
pub use saga::{Ending, Role, Saga, Style};
pub use scenario::{Given, Line, LineKind, Looked, Sample, Scenario, Then, When};
pub use service::{Control, Each, Load, Member, Rate, Schedule, Service, Store, Times};
pub use statement::{Branch, Fail, Join, Map, Statement, Until};
pub use step::{Again, OnFault, Retry, Step, StepClass};
pub use table::{Id, Table};
pub use target::Target;
pub use types::{
    Bounds, Contract, DefaultValue, Field, MessageKind, Nature, Scalar, Shape, Tags, Type, TypeDecl,
    TypeKind, version,
};
pub use value::{Function, Mapping, Operation, Value, ValueKind};

/// Fields that tell things apart, never empty; each a path.
pub type Key = Vec<Vec<SmolStr>>;

/// A day as it is written: `2027-01-01`. Days compare as their texts do.
pub type Date = SmolStr;

/// Why an author wants something that is not safe by itself, with the clause that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// In the author's words.
    pub text: SmolStr,
    /// The clause.
    pub span: SpanId,
}

/// A name with its place and what is written above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// As written.
    pub name: SmolStr,
    /// The name itself.
    pub span: SpanId,
    /// The whole entry.
    pub entry: SpanId,
    /// The lines of its documentation.
    pub docs: Vec<SmolStr>,
}

/// A value that is written down or a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value in force.
    pub value: T,
    /// Where it was written; nowhere for a default.
    pub span: SpanId,
}

impl<T> Setting<T> {
    /// A value that nobody wrote.
    pub fn default_of(value: T) -> Self {
        Self {
            value,
            span: SpanId::NOWHERE,
        }
    }
}

/// Something that is in the model and that not every target carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The construct in the author's words, such as `bus` or `a union of types`.
    pub what: SmolStr,
    /// Where it stands.
    pub span: SpanId,
    /// What to write instead for now, if there is something.
    pub instead: Option<SmolStr>,
    /// The targets of this version that can't be given it, in the order of [`Target::ALL`]; never empty.
    pub by: Vec<Target>,
}

/// A whole system.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// Its name, `UpperCamel`; from the file's name when no `system` entry gives one.
    pub name: SmolStr,
    /// What the file says about itself, and the `system` entry.
    pub docs: Vec<SmolStr>,
    /// Who answers for it.
    pub owner: Option<SmolStr>,
    /// What it is held to.
    pub governance: Governance,
    /// What it is checked for, each once, in the order of [`Target::ALL`].
    pub targets: Vec<Target>,
    /// Messages, records, aliases and enums.
    pub types: Table<TypeDecl>,
    /// Parts with an owner of their own.
    pub domains: Table<Domain>,
    /// Topics, queues, buses and streams.
    pub channels: Table<Channel>,
    /// What flows from one channel to another.
    pub routes: Table<Route>,
    /// The routes out of each channel, by its number; see [`Model::routes_from`].
    pub outgoing: Vec<Vec<Id<Route>>>,
    /// The routers in them.
    pub chooses: Table<Choose>,
    /// How one version of a message is made of another.
    pub converters: Table<Converter>,
    /// Services.
    pub services: Table<Service>,
    /// The stores of all services.
    pub stores: Table<Store>,
    /// The handlers of all services.
    pub handlers: Table<Handler>,
    /// The HTTP operations of all services.
    pub apis: Table<Api>,
    /// The sagas of all services.
    pub sagas: Table<Saga>,
    /// What several services do together, as somebody outside tells it.
    pub choreographies: Table<Choreography>,
    /// The scatters of all services.
    pub scatters: Table<Scatter>,
    /// The tentatives of all services.
    pub tentatives: Table<Tentative>,
    /// What all services do again and again.
    pub schedules: Table<Schedule>,
    /// What must follow what, and by when.
    pub outcomes: Vec<Outcome>,
    /// What the author promises about fields.
    pub assumptions: Vec<Assumption>,
    /// The findings that the author accepts.
    pub allowances: Vec<Allowance>,
    /// The settings of targets.
    pub settings: Vec<Settings>,
    /// Values to be used in scenarios.
    pub samples: Table<Sample>,
    /// What must be true.
    pub scenarios: Table<Scenario>,
    /// What not every target carries; rule TAR011 reports it.
    pub refused: Vec<Refused>,
}

impl Model {
    /// `Service.handler`, the handler's name everywhere outside its service.
    pub fn handler_name(&self, id: Id<Handler>) -> String {
        let handler = &self.handlers[id];
        format!(
            "{}.{}",
            self.services[handler.service].label.name, handler.label.name
        )
    }

    /// `Service.Saga`, the saga's name everywhere outside its service.
    pub fn saga_name(&self, id: Id<Saga>) -> String {
        let saga = &self.sagas[id];
        format!("{}.{}", self.services[saga.service].label.name, saga.label.name)
    }

    /// The routes that begin in a channel, in the order of the text.
    pub fn routes_from(&self, channel: Id<Channel>) -> impl Iterator<Item = (Id<Route>, &Route)> {
        let found = self.outgoing.get(channel.index()).map(Vec::as_slice);
        found
            .unwrap_or_default()
            .iter()
            .map(|id| (*id, &self.routes[*id]))
    }

    /// Adds a route.
    pub(crate) fn add_route(&mut self, route: Route) {
        let from = route.from.index();
        let id = self.routes.push(route);
        if self.outgoing.len() <= from {
            self.outgoing.resize(from + 1, Vec::new());
        }
        if let Some(others) = self.outgoing.get_mut(from) {
            others.push(id);
        }
    }

    /// Whether a handler belongs to somebody else, and is reached over HTTP.
    pub fn is_external(&self, id: Id<Handler>) -> bool {
        self.services[self.handlers[id].service].external.is_some()
    }

    /// The channels that a handler or a saga sends to.
    pub fn sent_to(&self) -> BTreeSet<Id<Channel>> {
        let emits = self.handlers.values().flat_map(|handler| &handler.emits);
        let actions = self.sagas.values().flat_map(Saga::actions);
        let of_sagas = actions
            .filter_map(|(action, _)| action.emitted())
            .map(|(_, to)| to);
        emits.map(|emit| emit.channel).chain(of_sagas).collect()
    }

    /// Whether a handler or a saga sends to a channel; whoever asks for several takes [`Model::sent_to`].
    pub fn is_sent_to(&self, channel: Id<Channel>) -> bool {
        self.sent_to().contains(&channel)
    }

    /// The services that the system runs itself.
    pub fn own_services(&self) -> impl Iterator<Item = (Id<Service>, &Service)> {
        self.services
            .iter()
            .filter(|(_, service)| service.external.is_none())
    }

    /// The services of others.
    pub fn external_services(&self) -> impl Iterator<Item = (Id<Service>, &Service)> {
        self.services
            .iter()
            .filter(|(_, service)| service.external.is_some())
    }

    /// The handlers that the system runs itself.
    pub fn own_handlers(&self) -> impl Iterator<Item = Id<Handler>> {
        self.handlers.ids().filter(|id| !self.is_external(*id))
    }

    /// `Service.store`, the store's name everywhere outside its service.
    pub fn store_name(&self, id: Id<Store>) -> String {
        let store = &self.stores[id];
        format!("{}.{}", self.services[store.service].label.name, store.label.name)
    }

    /// The same with the domain in front, if the service belongs to one.
    pub fn store_in_full(&self, id: Id<Store>) -> String {
        let domain = self.services[self.stores[id].service].domain;
        let name = self.store_name(id);
        domain.map_or(name.clone(), |domain| {
            format!("{}.{name}", self.domains[domain].label.name)
        })
    }

    /// Follows aliases until something else comes.
    pub fn resolve<'a>(&'a self, ty: &'a Type) -> &'a Type {
        let mut seen = ty;
        // Lowering refuses aliases that lead back to themselves, so this ends.
        while let Shape::Named(id) = &seen.shape
            && let TypeKind::Alias(target) = &self.types[*id].kind
        {
            seen = target;
        }
        seen
    }

    /// The fields of a message or record.
    pub fn fields(&self, id: Id<TypeDecl>) -> &[Field] {
        match &self.types[id].kind {
            TypeKind::Message { fields, .. } | TypeKind::Record { fields, .. } => fields,
            TypeKind::Alias(target) => match &self.resolve(target).shape {
                Shape::Named(inner) => self.fields(*inner),
                Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => &[],
            },
            TypeKind::Choice(_) | TypeKind::Union(_) => &[],
        }
    }

    /// The records that a type may be: those of a union, or itself.
    pub fn members(&self, id: Id<TypeDecl>) -> Vec<Id<TypeDecl>> {
        match &self.types[id].kind {
            TypeKind::Union(members) => members
                .iter()
                .flat_map(|(member, _)| self.members(*member))
                .collect(),
            TypeKind::Alias(target) => match &self.resolve(target).shape {
                Shape::Named(inner) => self.members(*inner),
                Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => vec![id],
            },
            TypeKind::Message { .. } | TypeKind::Record { .. } | TypeKind::Choice(_) => vec![id],
        }
    }

    /// Whether a type stands for whatever there is.
    pub fn is_anything(&self, id: Id<TypeDecl>) -> bool {
        let TypeKind::Alias(target) = &self.types[id].kind else {
            return false;
        };
        matches!(self.resolve(target).shape, Shape::Scalar(Scalar::Json))
    }

    /// A field of a message or record by name; of a union one that every member has, of one type.
    pub fn field(&self, id: Id<TypeDecl>, name: &str) -> Option<&Field> {
        if let TypeKind::Union(_) = self.types[id].kind {
            let members = self.members(id);
            let (first, rest) = members.split_first()?;
            let found = self
                .fields(*first)
                .iter()
                .find(|field| field.label.name == name)?;
            let same = |other: &Id<TypeDecl>| {
                let theirs = self.fields(*other).iter().find(|field| field.label.name == name);
                theirs.is_some_and(|theirs| theirs.ty == found.ty)
            };
            return rest.iter().all(same).then_some(found);
        }
        self.fields(id).iter().find(|field| field.label.name == name)
    }

    /// What stands at the end of a path such as `address.zip`, with whether anything on the way is optional.
    pub fn at_path(&self, id: Id<TypeDecl>, path: &[SmolStr]) -> Option<(&Field, bool)> {
        let (first, rest) = path.split_first()?;
        let field = self.field(id, first)?;
        if rest.is_empty() {
            return Some((field, field.ty.optional));
        }
        match &self.resolve(&field.ty).shape {
            Shape::Named(inner) => {
                let (found, optional) = self.at_path(*inner, rest)?;
                Some((found, optional || field.ty.optional))
            }
            Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => None,
        }
    }

    /// Who may answer for an entry: its own owner, or the system's.
    pub fn owner_of<'a>(&'a self, owner: Option<&'a SmolStr>) -> Option<&'a SmolStr> {
        owner.or(self.owner.as_ref())
    }
}
