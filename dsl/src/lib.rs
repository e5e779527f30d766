//! The `.flow` language: text in, tree and diagnostics out; and trees back to text.
//!
//! Pure: no file is opened here. Start reading at [`ast`], then `flow.pest`, then [`clauses`].
#![deny(clippy::disallowed_methods)]

pub mod ast;
pub mod clauses;
pub mod codes;
pub mod diagnostic;
mod format;
mod grammar;
mod parse;
mod recover;
pub mod render;
pub mod source;
mod tokens;
mod units;
mod write;

pub use format::format;
pub use parse::{Parsed, parse};
pub use write::{quoted, write, written};

#[cfg(test)]
mod test_samples;
