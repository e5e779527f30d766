//! One file for each subcommand: its arguments, and `run`.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod diagram;
pub(crate) mod dlq;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod new;
pub(crate) mod run;
pub(crate) mod sagas;
pub(crate) mod send;
pub(crate) mod stats;
pub(crate) mod tail;
pub(crate) mod test;
pub(crate) mod token;

mod chosen;
mod running;

pub(crate) use run::cargo;
