//! Services and what they own.

use aqueduct_dsl::source::SpanId;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::{
    Api, Channel, Domain, Field, Handler, Id, Label, Mapping, Saga, Scatter, Setting, Tentative, TypeDecl,
};

/// Events, and the milliseconds they are counted in: `50/s` is `(50, 1000)`.
pub type Rate = (Decimal, u64);

/// `load 20/s peak 200/s`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// What is expected.
    pub usual: Rate,
    /// What is expected at most.
    pub peak: Option<Rate>,
    /// The clause.
    pub span: SpanId,
}

/// A service: the owner of stores, handlers and HTTP operations.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Its name.
    pub label: Label,
    /// The domain that it belongs to, if there are any.
    pub domain: Option<Id<Domain>>,
    /// Who answers for it.
    pub owner: Option<SmolStr>,
    /// `extern`: somebody else runs it, and its handlers are reached over HTTP.
    pub external: Option<SpanId>,
    /// Who decides about its changes.
    pub control: Option<Control>,
    /// How much it lets in.
    pub limit: Option<Setting<Rate>>,
    /// How much is expected.
    pub load: Option<Load>,
    /// The members of a role: one service for each.
    pub each: Option<Each>,
    /// What differs between the members of a role.
    pub config: Vec<Field>,
    /// Where a copy of every request goes.
    pub tap_api: Option<(Id<Channel>, SpanId)>,
    /// Of an extern service: the folder of a program that `aqueduct run` starts in its place.
    pub stand_in: Option<(SmolStr, SpanId)>,
    /// Its stores, in order.
    pub stores: Vec<Id<Store>>,
    /// Its handlers, in order.
    pub handlers: Vec<Id<Handler>>,
    /// Its HTTP operations, in order.
    pub apis: Vec<Id<Api>>,
    /// Its sagas, in order.
    pub sagas: Vec<Id<Saga>>,
    /// Its scatters, in order.
    pub scatters: Vec<Id<Scatter>>,
    /// Its tentatives, in order.
    pub tentatives: Vec<Id<Tentative>>,
    /// Its schedules, in order.
    pub schedules: Vec<Id<Schedule>>,
}

/// `each 1..10`, `each [Shadowfax(speed: 3), Rocinante(speed: 2)]`
#[derive(Debug, Clone, PartialEq)]
pub struct Each {
    /// Never empty.
    pub members: Vec<Member>,
    /// Where that is said.
    pub span: SpanId,
}

/// One member of a role.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// What tells it from the others: a name, or a number.
    pub name: SmolStr,
    /// What it is configured with.
    pub config: Option<Mapping>,
    /// Where it is named.
    pub span: SpanId,
}

/// `schedule sweep every 5m -> sweep_due`
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Its name.
    pub label: Label,
    /// Whose it is.
    pub service: Id<Service>,
    /// When.
    pub times: Times,
    /// What is done.
    pub handler: Id<Handler>,
}

/// When something is done again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Times {
    /// After so many milliseconds.
    Every(u64),
    /// At these times: minute, hour, day of the month, month, day of the week, in UTC.
    Cron(SmolStr),
}

/// Who decides about changes of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// The same people.
    Own,
    /// People who can be asked.
    Partner,
    /// People who can't.
    Vendor,
}

/// A table of rows that one service owns.
#[derive(Debug, Clone, PartialEq)]
pub struct Store {
    /// Its name.
    pub label: Label,
    /// Whose it is.
    pub service: Id<Service>,
    /// The type of its rows.
    pub row: Id<TypeDecl>,
    /// The fields that tell rows apart, never empty.
    pub key: Vec<(SmolStr, SpanId)>,
    /// The field that puts the rows of one key in order.
    pub sort: Option<(SmolStr, SpanId)>,
    /// When a row goes, in milliseconds after it was written.
    pub expire: Option<Setting<u64>>,
}
