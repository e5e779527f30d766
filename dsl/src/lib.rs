//! The `.flow` language: text in, tree and diagnostics out.
//!
//! Pure: no file is opened here. Start reading at [`ast`], then `flow.pest`, then [`clauses`].
#![deny(clippy::disallowed_methods)]

pub mod ast;
pub mod diagnostic;
pub mod source;
