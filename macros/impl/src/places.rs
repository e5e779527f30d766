//! Where the user's own words stand, so that the code which is made keeps their places: hover and go-to-definition.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};

/// The user's identifiers by what they name in the system.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// `RideCompleted`, `RideCompleted.fare`, `FareStatus.pending`
    pub(crate) types: BTreeMap<String, Ident>,
    /// `Payments`, `Payments.authorize`, `Payments.tokens`
    pub(crate) services: BTreeMap<String, Ident>,
    /// `ride_completed` and its like.
    pub(crate) channels: Vec<Channel>,
}

/// A channel where it is declared.
#[derive(Debug)]
pub(crate) struct Channel {
    /// The domain's module, if it is in one.
    pub(crate) domain: Option<Ident>,
    /// What the system calls it.
    pub(crate) name: String,
    pub(crate) ident: Ident,
    pub(crate) docs: TokenStream,
}
