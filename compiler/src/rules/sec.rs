//! SEC: who may do what.

pub(super) mod grant_wider_than_graph;
pub(super) mod open_entry;
pub(super) mod tainted_sink;
