//! A file that isn't there.

pub mod shop {
    aqueduct::include_flow!("no_such_file.flow");
}

fn main() {}
