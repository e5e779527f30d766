//! Services, with all that they own.

use aqueduct_compiler::model::{self, Id};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::api::Api;
use crate::conversation::{Scatter, Tentative};
use crate::handler::Handler;
use crate::label::{Label, Setting, setting};
use crate::reader::Reader;
use crate::saga::Saga;
use crate::types::Field;
use crate::value::Mapping;
use crate::words::Control;

/// The owner of stores, handlers, HTTP operations and sagas.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Service {
    /// Its name in full: what refers to it says this.
    id: String,
    #[serde(flatten)]
    label: Label,
    /// The domain that it belongs to.
    domain: Option<String>,
    /// Who answers for it.
    owner: Option<String>,
    /// Somebody else runs it, and its handlers are reached over HTTP.
    external: bool,
    /// Who decides about its changes.
    control: Option<Control>,
    /// How much it lets in.
    limit: Option<Setting<Rate>>,
    /// How much is expected.
    load: Option<Load>,
    /// The members of a role: one service for each.
    each: Option<Vec<Member>>,
    /// What differs between the members of a role.
    config: Vec<Field>,
    /// The channel for a copy of every request.
    tap_api: Option<String>,
    /// Of an extern service: the folder of a program that stands in for it on a developer's machine.
    stand_in: Option<String>,
    /// Its tables of rows.
    stores: Vec<Store>,
    /// Its units of work.
    handlers: Vec<Handler>,
    /// Its HTTP operations.
    apis: Vec<Api>,
    /// Its sagas.
    sagas: Vec<Saga>,
    /// What it asks many at once.
    scatters: Vec<Scatter>,
    /// What it holds until that is confirmed or given up.
    tentatives: Vec<Tentative>,
    /// What it does again and again.
    schedules: Vec<Schedule>,
}

/// So many in a time.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Rate {
    /// So many, exact, in decimal digits,
    events: String,
    /// in this time.
    per_ms: u64,
}

/// How much is expected.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Load {
    /// Usually.
    usual: Rate,
    /// At most.
    peak: Option<Rate>,
}

/// One member of a role.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
struct Member {
    /// What tells it from the others: a name, or a number.
    name: String,
    /// What it is configured with.
    config: Option<Mapping>,
}

/// A table of rows.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
struct Store {
    /// Its name in full: what refers to it says this.
    id: String,
    #[serde(flatten)]
    label: Label,
    /// The type of its rows.
    row: String,
    /// The fields that tell rows apart.
    key: Vec<String>,
    /// The field that puts the rows of one key in order.
    sort: Option<String>,
    /// When a row goes after it was written.
    expire_ms: Option<Setting<u64>>,
}

/// What is done again and again.
#[derive(Debug, Serialize, JsonSchema)]
struct Schedule {
    /// Its name in full.
    id: String,
    #[serde(flatten)]
    label: Label,
    /// The handler that does it.
    handler: String,
    #[serde(flatten)]
    times: Times,
}

/// When something is done again and again.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Times {
    /// After a time.
    Every {
        /// So long.
        every_ms: u64,
    },
    /// At times.
    Cron {
        /// Minute, hour, day of the month, month, day of the week, in UTC.
        cron: String,
    },
}

impl Reader<'_> {
    pub(crate) fn service(&self, id: Id<model::Service>) -> Service {
        let model::Service {
            label,
            domain,
            owner,
            external,
            control,
            limit,
            load,
            each,
            config,
            tap_api,
            stand_in,
            stores,
            handlers,
            apis,
            sagas,
            scatters,
            tentatives,
            schedules,
        } = &self.model.services[id];
        Service {
            id: self.service_id(id),
            label: self.label(label),
            domain: domain.map(|domain| self.domain_id(domain)),
            owner: owner.as_ref().map(ToString::to_string),
            external: external.is_some(),
            control: control.map(Control::from),
            limit: limit.map(rate),
            load: load.map(Load::from),
            each: each.as_ref().map(members),
            config: self.fields(config),
            tap_api: tap_api.map(|(channel, _)| self.channel_id(channel)),
            stand_in: stand_in.as_ref().map(|(folder, _)| folder.to_string()),
            stores: stores.iter().map(|id| self.store(*id)).collect(),
            handlers: handlers.iter().map(|id| self.handler(*id)).collect(),
            apis: apis.iter().map(|id| self.api(*id)).collect(),
            sagas: sagas.iter().map(|id| self.saga(*id)).collect(),
            scatters: scatters.iter().map(|id| self.scatter(*id)).collect(),
            tentatives: tentatives.iter().map(|id| self.tentative(*id)).collect(),
            schedules: schedules.iter().map(|id| self.schedule(*id)).collect(),
        }
    }

    fn store(&self, id: Id<model::Store>) -> Store {
        let model::Store {
            label,
            service: _,
            row,
            key,
            sort,
            expire,
        } = &self.model.stores[id];
        Store {
            id: self.store_id(id),
            label: self.label(label),
            row: self.type_id(*row),
            key: key.iter().map(|(field, _)| field.to_string()).collect(),
            sort: sort.as_ref().map(|(field, _)| field.to_string()),
            expire_ms: setting(*expire),
        }
    }

    fn schedule(&self, id: Id<model::Schedule>) -> Schedule {
        let model::Schedule {
            label,
            service,
            times,
            handler,
        } = &self.model.schedules[id];
        Schedule {
            id: self.in_service(*service, &label.name),
            label: self.label(label),
            handler: self.handler_id(*handler),
            times: match times {
                model::Times::Every(time) => Times::Every { every_ms: *time },
                model::Times::Cron(cron) => Times::Cron {
                    cron: cron.to_string(),
                },
            },
        }
    }
}

fn members(of: &model::Each) -> Vec<Member> {
    let model::Each { members, span: _ } = of;
    let members = members.iter().map(|member| {
        let model::Member {
            name,
            config,
            span: _,
        } = member;
        Member {
            name: name.to_string(),
            config: config.as_ref().map(Mapping::from),
        }
    });
    members.collect()
}

/// What is let in.
pub(crate) fn rate(of: model::Setting<model::Rate>) -> Setting<Rate> {
    let model::Setting { value, span } = of;
    Setting::of(value.into(), span)
}

impl From<model::Rate> for Rate {
    fn from((events, per): model::Rate) -> Self {
        Self {
            events: events.to_string(),
            per_ms: per,
        }
    }
}

impl From<model::Load> for Load {
    fn from(of: model::Load) -> Self {
        let model::Load { usual, peak, span: _ } = of;
        Self {
            usual: usual.into(),
            peak: peak.map(Rate::from),
        }
    }
}
