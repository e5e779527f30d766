//! A `.flow` file in a module, with a saga.

#![deny(missing_docs)]
#![deny(warnings)]

/// The system of the file.
pub mod sound {
    aqueduct::include_flow!("sound.flow");
}
