//! From trees to a checked model: lowering, the typed model, graph views and the rules.
//!
//! Pure: no file, clock or environment. Start reading at [`model`], then `lower.rs`, then `check.rs`.
#![deny(clippy::disallowed_methods)]

pub mod check;
pub mod codes;
pub mod facts;
pub mod graph;
pub mod model;
pub mod rules;
