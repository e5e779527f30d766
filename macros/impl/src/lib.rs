//! Annotated Rust as a front end: attributes in, the same model as from `.flow` out, and the code that `build` writes.
//!
//! An ordinary library, so that the command line reads Rust with the very code that the macros run. Start reading at
//! [`read`], then `items.rs` (Rust as `.flow`) and `expand.rs` (the code that is made).
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "syn's and proc_macro2's enums are Rust's grammar, of which a system has a small part"
)]

mod attributes;
mod clause;
mod complaint;
mod depth;
mod expand;
mod flow;
mod items;
mod names;
mod places;
mod report;
mod source;
mod speech;
mod system;
mod transcript;
mod types;

pub use flow::{generated, include_flow};
pub use source::{declares_system, read};
pub use system::system;
