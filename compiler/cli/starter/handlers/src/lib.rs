//! The handlers of Starter. Yours: change what you like.

mod billing;
mod shop;

pub use billing::Billing;
pub use shop::Shop;

/// Starter with these handlers.
pub fn program() -> aqueduct::Program {
    system::program(system::Services {
        shop: Shop,
        billing: Billing,
    })
}
