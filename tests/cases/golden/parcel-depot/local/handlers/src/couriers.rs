//! What `Couriers` does.

use aqueduct::Failure;
use system::messages::ParcelLoaded;
use system::services::couriers::RideContext;

/// Implements the service `Couriers`.
#[derive(Debug, Clone)]
pub struct Couriers;

impl system::services::Couriers for Couriers {
    async fn ride(
        &self,
        _parcel_loaded: ParcelLoaded,
        _cx: &mut RideContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Couriers.ride isn't written yet"))
    }
}
