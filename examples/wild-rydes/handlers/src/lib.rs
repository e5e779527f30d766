//! The handlers of WildRydes.

mod customer_accounting;
mod customer_loyalty;
mod customer_notification;
mod extraordinary_rides;
mod outages;
mod payments;
mod ride_management;
#[cfg(test)]
mod rides;

pub use customer_accounting::CustomerAccounting;
pub use customer_loyalty::CustomerLoyalty;
pub use customer_notification::CustomerNotification;
pub use extraordinary_rides::ExtraordinaryRides;
pub use outages::Outages;
pub use payments::Payments;
pub use ride_management::RideManagement;

/// WildRydes with these handlers.
pub fn program() -> aqueduct::Program {
    let outages = Outages::from_env();
    system::program(system::Services {
        ride_management: RideManagement,
        customer_notification: CustomerNotification { outages },
        customer_accounting: CustomerAccounting { outages },
        payments: Payments,
        customer_loyalty: CustomerLoyalty { outages },
        extraordinary_rides: ExtraordinaryRides { outages },
    })
}
