//! SCH: schemas and the edges between them.

pub(super) mod bad_field_in_key_position;
pub(super) mod type_mismatch_on_edge;
