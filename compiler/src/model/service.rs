//! Services and what they own.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Api, Handler, Id, Label, Saga, TypeDecl};

/// A service: the owner of stores, handlers and HTTP operations.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Its name.
    pub label: Label,
    /// Who answers for it.
    pub owner: Option<SmolStr>,
    /// `extern`: somebody else runs it, and its handlers are reached over HTTP.
    pub external: Option<SpanId>,
    /// Its stores, in order.
    pub stores: Vec<Id<Store>>,
    /// Its handlers, in order.
    pub handlers: Vec<Id<Handler>>,
    /// Its HTTP operations, in order.
    pub apis: Vec<Id<Api>>,
    /// Its sagas, in order.
    pub sagas: Vec<Id<Saga>>,
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
