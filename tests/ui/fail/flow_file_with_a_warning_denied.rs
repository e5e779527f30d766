//! A warning of a file where warnings are errors.

#![deny(warnings)]

pub mod shop {
    aqueduct::include_flow!("doubtful.flow");
}

fn main() {}
