//! SCH: schemas and the edges between them.

pub(super) mod type_mismatch_on_edge;
