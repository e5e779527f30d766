//! Starter: `system.rs` is its architecture, `handlers.rs` what it does.

mod handlers;
mod system;

use handlers::{Billing, Shop};
pub use system::starter;

/// The system with its handlers: what every target starts.
pub fn program() -> aqueduct::Program {
    starter::program(starter::Services {
        shop: Shop,
        billing: Billing,
    })
}
