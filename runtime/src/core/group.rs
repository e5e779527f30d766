//! Groups of messages that keep their order: those with the same values in the fields that a queue names.

use std::sync::Arc;

use serde_json::Value;

use crate::record::Envelope;
use crate::topology::group;

/// The fields that make a group, each a path; no groups when there are none.
#[derive(Debug, Clone)]
pub(crate) struct Grouping(pub(crate) Vec<Vec<String>>);

impl Grouping {
    /// Whether an order is kept at all.
    pub(crate) fn is_ordered(&self) -> bool {
        !self.0.is_empty()
    }

    /// The group of a message: the values of its fields as JSON.
    pub(crate) fn of(&self, envelope: &Envelope) -> Option<Arc<str>> {
        if !self.is_ordered() {
            return None;
        }
        // Bodies are checked where they come in; one that isn't JSON is in the group of those without values.
        let body: Value = serde_json::from_slice(envelope.body()).unwrap_or_default();
        group(&self.0, &body).map(Into::into)
    }
}
