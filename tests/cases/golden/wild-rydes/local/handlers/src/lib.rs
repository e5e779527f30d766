//! The handlers of WildRydes. Yours: `aqueduct build` made this once and leaves it alone.

mod customer_accounting;
mod customer_loyalty;
mod customer_notification;
mod extraordinary_rides;
mod payments;
mod ride_management;

pub use customer_accounting::CustomerAccounting;
pub use customer_loyalty::CustomerLoyalty;
pub use customer_notification::CustomerNotification;
pub use extraordinary_rides::ExtraordinaryRides;
pub use payments::Payments;
pub use ride_management::RideManagement;

/// WildRydes with these handlers.
pub fn program() -> aqueduct::Program {
    system::program(system::Services {
        ride_management: RideManagement,
        customer_notification: CustomerNotification,
        customer_accounting: CustomerAccounting,
        payments: Payments,
        customer_loyalty: CustomerLoyalty,
        extraordinary_rides: ExtraordinaryRides,
    })
}
