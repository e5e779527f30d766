//! The model of a system as a JSON document, for programs of others, and the JSON Schema of that document.
//!
//! In goes a checked model with its sources; out comes a [`Document`], whose members are a promise: see `docs/model.md`.
//! The structs mirror the model's, one file for each of its files; what is said there of a member is said again here,
//! since the schema is made of these comments; where that is long, they are filled in `read.rs` of their folder.
//! Start reading at [`document`], then `whole.rs` and `reader.rs`.
//!
//! Models are taken apart without `..`, so what the model learns has to be written here before it compiles.
#![deny(clippy::disallowed_methods)]

mod action;
mod api;
mod channel;
mod choreography;
mod conversation;
mod domain;
mod handler;
mod label;
mod reader;
mod route;
mod saga;
mod scenario;
mod schema;
mod service;
mod statement;
mod types;
mod value;
mod whole;
mod words;

use aqueduct_compiler::check::Checked;
use aqueduct_dsl::source::SourceMap;

pub use schema::schema;
pub use whole::Document;

/// What the document calls itself. Within it members are added, never changed or taken away.
pub const FORMAT: &str = "aqueduct.model.v1";

/// The document of a model; places are found in the sources that it was read from.
pub fn document(checked: Checked<'_>, sources: &SourceMap) -> Document {
    reader::Reader::new(checked.model(), sources).whole()
}
