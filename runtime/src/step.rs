//! The decisions of the engine, one file per command: a record and a command in, what to write out.
//!
//! Pure: no store, no clock, no channel. `core` carries the decisions out.
#![deny(clippy::disallowed_methods)]

pub(crate) mod commit;
pub(crate) mod fail;
pub(crate) mod redrive;
pub(crate) mod start;
