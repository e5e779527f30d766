//! A file with two mistakes.

pub mod shop {
    aqueduct::include_flow!("broken.flow");
}

fn main() {}
