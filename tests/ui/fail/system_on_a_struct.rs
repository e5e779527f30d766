//! A system is a module.

#[aqueduct::system]
pub struct Shop;

fn main() {}
