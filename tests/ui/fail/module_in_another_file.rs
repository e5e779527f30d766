//! A macro sees one item.

#[aqueduct::system]
pub mod shop;

fn main() {}
