//! Wild Rydes in Rust: `system.rs` is all of its architecture, the other files are all of its code.

mod customer_accounting;
mod customer_loyalty;
mod customer_notification;
mod extraordinary_rides;
mod outages;
mod payments;
mod ride_management;
mod system;

use customer_accounting::CustomerAccounting;
use customer_loyalty::CustomerLoyalty;
use customer_notification::CustomerNotification;
use extraordinary_rides::ExtraordinaryRides;
use outages::Outages;
use payments::Payments;
use ride_management::RideManagement;
pub use system::wild_rydes;

/// The system with these handlers.
pub fn program() -> aqueduct::Program {
    let outages = Outages::from_env();
    wild_rydes::program(wild_rydes::Services {
        ride_management: RideManagement,
        customer_notification: CustomerNotification { outages },
        customer_accounting: CustomerAccounting { outages },
        payments: Payments,
        customer_loyalty: CustomerLoyalty { outages },
        extraordinary_rides: ExtraordinaryRides { outages },
    })
}
