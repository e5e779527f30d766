//! Services and what they own.

use aqueduct_dsl::source::SpanId;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::{Api, Handler, Id, Label, Saga, Setting, TypeDecl};

/// A service: the owner of stores, handlers and HTTP operations.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Its name.
    pub label: Label,
    /// Who answers for it.
    pub owner: Option<SmolStr>,
    /// `extern`: somebody else runs it, and its handlers are reached over HTTP.
    pub external: Option<SpanId>,
    /// Of an extern service: who decides about its changes.
    pub control: Option<Control>,
    /// Of an extern service: how much it lets in, as events in so many milliseconds.
    pub limit: Option<Setting<(Decimal, u64)>>,
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
}
