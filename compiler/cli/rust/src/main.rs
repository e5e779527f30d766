//! Starter as one program with an embedded durable store.

mod handlers;
mod system;

use handlers::{Billing, Shop};
use system::starter;

/// The system with its handlers.
pub fn program() -> aqueduct::Program {
    starter::program(starter::Services {
        shop: Shop,
        billing: Billing,
    })
}

fn main() -> std::process::ExitCode {
    aqueduct::local::main(program())
}
