//! A path that is no text.

pub mod shop {
    aqueduct::include_flow!(broken.flow);
}

fn main() {}
