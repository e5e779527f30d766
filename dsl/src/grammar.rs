//! The parser that pest makes of `flow.pest`.
#![allow(
    missing_docs,
    reason = "pest writes the enum of rules, undocumented where the grammar is silent"
)]
#![allow(clippy::pedantic, reason = "pest writes the code")]

/// Reads `.flow`; only `parse` and `recover` use it.
#[derive(Debug, Clone, Copy, pest_derive::Parser)]
#[grammar = "flow.pest"]
pub(crate) struct Grammar;
