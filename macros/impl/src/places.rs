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
    /// `ride_completed`, with its documentation.
    pub(crate) channels: Vec<(String, Ident, TokenStream)>,
}
