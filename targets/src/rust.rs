//! Rust source as a value: names, types and a layout that rustfmt leaves alone.

pub(crate) mod layout;
pub mod names;
pub(crate) mod types;
