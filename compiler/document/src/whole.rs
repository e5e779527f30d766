//! The whole document.

use std::fmt;

use aqueduct_compiler::model;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::FORMAT;
use crate::channel::Channel;
use crate::choreography::Choreography;
use crate::domain::{Allowance, Assumption, Domain, Governance, Outcome, Refused, Settings};
use crate::label::docs;
use crate::reader::Reader;
use crate::route::{Converter, Route, Router};
use crate::scenario::{Sample, Scenario};
use crate::service::Service;
use crate::types::TypeDecl;
use crate::words::Target;

/// A system as Aqueduct has understood it.
///
/// Everything is in the order of declaration. What refers to something says its `id`, its name in full. Lists are
/// always there; anything else that is absent was not said, and has no default.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Aqueduct model, version 1")]
pub struct Document {
    /// What this document is. Within a version members are added, never changed or taken away.
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    /// The name of the system.
    name: String,
    /// What the file says about itself, and the `system` entry; lines end with a line feed.
    docs: Option<String>,
    /// Who answers for it.
    owner: Option<String>,
    /// What it is checked for.
    targets: Vec<Target>,
    /// What it is held to.
    governance: Governance,
    /// Parts with an owner of their own.
    domains: Vec<Domain>,
    /// Messages, records, aliases, enums and unions.
    types: Vec<TypeDecl>,
    /// Topics, queues, buses and streams.
    channels: Vec<Channel>,
    /// What flows from one channel to another.
    routes: Vec<Route>,
    /// The routers in them.
    routers: Vec<Router>,
    /// How one version of a message is made of another.
    converters: Vec<Converter>,
    /// Services with all that they own, those of others as well.
    services: Vec<Service>,
    /// What several services do together.
    choreographies: Vec<Choreography>,
    /// What must follow what, and by when.
    outcomes: Vec<Outcome>,
    /// What the author promises about fields.
    assumptions: Vec<Assumption>,
    /// The findings that the author accepts.
    allowances: Vec<Allowance>,
    /// The settings of targets.
    settings: Vec<Settings>,
    /// Values to be used in scenarios.
    samples: Vec<Sample>,
    /// What must be true.
    scenarios: Vec<Scenario>,
    /// What not every target carries.
    refused: Vec<Refused>,
}

impl fmt::Display for Document {
    /// As text, with a line feed at the end.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?;
        writeln!(out, "{text}")
    }
}

impl Reader<'_> {
    pub(crate) fn whole(&self) -> Document {
        let model::Model {
            name,
            docs: above,
            owner,
            governance,
            targets,
            types,
            domains,
            channels,
            routes,
            // What the routes say already, to be found faster.
            outgoing: _,
            chooses,
            converters,
            services,
            // Services hold these.
            stores: _,
            handlers: _,
            apis: _,
            sagas: _,
            scatters: _,
            tentatives: _,
            schedules: _,
            choreographies,
            outcomes,
            assumptions,
            allowances,
            settings,
            samples,
            scenarios,
            refused,
        } = self.model;
        Document {
            format: FORMAT,
            name: name.to_string(),
            docs: docs(above),
            owner: owner.as_ref().map(ToString::to_string),
            targets: targets.iter().map(|target| (*target).into()).collect(),
            governance: governance.into(),
            domains: domains.values().map(|domain| self.domain(domain)).collect(),
            types: types
                .ids()
                .filter(|id| !self.is_repeated(*id))
                .map(|id| self.type_decl(id))
                .collect(),
            channels: channels.ids().map(|id| self.channel(id)).collect(),
            routes: routes.values().map(|route| self.route(route)).collect(),
            routers: chooses.ids().map(|id| self.router(id)).collect(),
            converters: converters
                .values()
                .map(|converter| self.converter(converter))
                .collect(),
            services: services.ids().map(|id| self.service(id)).collect(),
            choreographies: choreographies
                .values()
                .map(|choreography| self.choreography(choreography))
                .collect(),
            outcomes: outcomes.iter().map(|outcome| self.outcome(outcome)).collect(),
            assumptions: assumptions
                .iter()
                .map(|assumption| self.assumption(assumption))
                .collect(),
            allowances: allowances
                .iter()
                .map(|allowance| self.allowance(allowance))
                .collect(),
            settings: settings.iter().map(|settings| self.settings(settings)).collect(),
            samples: samples.values().map(|sample| self.sample(sample)).collect(),
            scenarios: scenarios
                .values()
                .map(|scenario| self.scenario(scenario))
                .collect(),
            refused: refused.iter().map(|refused| self.refused(refused)).collect(),
        }
    }
}
