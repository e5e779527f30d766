//! The handlers of ParcelDepot, as the tests run them.

mod billing;
mod counter;
mod couriers;
mod sorting;
mod tracking;

pub use billing::Billing;
pub use counter::Counter;
pub use couriers::Couriers;
pub use sorting::Sorting;
pub use tracking::Tracking;

/// ParcelDepot with these handlers.
pub fn program() -> aqueduct::Program {
    system::program(system::Services {
        counter: Counter,
        sorting: Sorting,
        tracking: Tracking,
        billing: Billing,
        couriers: Couriers,
    })
}
